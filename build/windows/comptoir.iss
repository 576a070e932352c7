; Inno Setup: the installer for Windows. `dev.py package` calls it with /DVersion=... /DName=...
[Setup]
AppId={{6E0B9E0C-6B7B-4B57-9A0B-3A5B1E7C9D42}
AppName=Comptoir
AppVersion={#Version}
AppPublisher=Comptoir
; For this user alone, without an administrator; whoever is one may choose otherwise.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
DefaultDirName={autopf}\Comptoir
DefaultGroupName=Comptoir
DisableProgramGroupPage=yes
UninstallDisplayIcon={app}\comptoir.exe
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
OutputDir=..\..\dist
OutputBaseFilename={#Name}
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
; A till that is open holds its journal: it is closed by a person, not from here.
CloseApplications=no

[Languages]
Name: "fr"; MessagesFile: "compiler:Languages\French.isl"
Name: "en"; MessagesFile: "compiler:Default.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"

[InstallDelete]
; What an older version had and this one has not would be found before what it has.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\dist\comptoir\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{autoprograms}\Comptoir"; Filename: "{app}\comptoir.exe"
Name: "{autodesktop}\Comptoir"; Filename: "{app}\comptoir.exe"; Tasks: desktopicon

[Registry]
; "Open with": offered for what the till reads, never what opens such a file by itself.
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "Comptoir"
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\shell\open\command"; ValueType: string; ValueData: """{app}\comptoir.exe"" -- ""%1"""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".png"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".jpg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".jpeg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".webp"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".heic"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".heif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".gif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".tif"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".tiff"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".pdf"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".eml"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".csv"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".ofx"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\comptoir.exe\SupportedTypes"; ValueType: string; ValueName: ".xml"; ValueData: ""

[Run]
Filename: "{app}\comptoir.exe"; Description: "{cm:LaunchProgram,Comptoir}"; Flags: nowait postinstall skipifsilent
; Nothing of {userappdata} is removed: the journal is the shop's, not the program's.
