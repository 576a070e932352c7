/* Loaded into a process by LD_PRELOAD (Linux): what it writes under one folder is recorded with its
 * data, refused at the k-th call, or refused when a pretended disk is full.
 *
 *   COMPTOIR_IO_FOLDER  the folder that is looked after
 *   COMPTOIR_IO_LOG     record there: five little-endian numbers (kind, file, offset, length; the
 *                       offset has 64 bits), then the data
 *
 * and, called from inside the process:
 *
 *   comptoir_io_fail(k, error, for_ever)   refuse the k-th call from now on (0: none), and all that
 *                                          follow; returns how many calls were counted since before
 *   comptoir_io_quota(bytes)               the size of the pretended disk (0: no limit)
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind { OPENED = 1, WRITTEN, SYNCED, CUT, UNLINKED, ACKNOWLEDGED, FOLDER_SYNCED };

#define FILES_MAX 512
#define NAME_MAX_ 512
#define HANDLES_MAX 1024

static char folder[NAME_MAX_];
static char names[FILES_MAX][NAME_MAX_];
static int names_count;
static int file_of[HANDLES_MAX];      /* 1-based index into names; 0: none of ours */
static char is_folder[HANDLES_MAX];
static int log_handle = -1;
static long calls, fail_at, fail_error, fail_for_ever, quota;

static int begin(void) {
    static int begun;
    if (!begun) {
        begun = 1;
        const char *place = getenv("COMPTOIR_IO_FOLDER"), *log = getenv("COMPTOIR_IO_LOG");
        if (place) snprintf(folder, sizeof folder, "%s", place);
        if (place && log)
            log_handle = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
    return folder[0] != 0;
}

static int is_ours(const char *path) {
    return begin() && path && !strncmp(path, folder, strlen(folder));
}

static int file_at(int handle) {
    return begin() && handle >= 0 && handle < HANDLES_MAX ? file_of[handle] : 0;
}

static void record(uint32_t kind, uint32_t file, uint64_t offset, const void *data, uint32_t length) {
    if (log_handle < 0) return;
    char head[20];
    memcpy(head, &kind, 4);
    memcpy(head + 4, &file, 4);
    memcpy(head + 8, &offset, 8);
    memcpy(head + 16, &length, 4);
    syscall(SYS_write, log_handle, head, sizeof head);
    if (length) syscall(SYS_write, log_handle, data, length);
}

long comptoir_io_fail(long k, int error, int for_ever) {
    long counted = calls;
    calls = 0, fail_at = k, fail_error = error, fail_for_ever = for_ever;
    return counted;
}

void comptoir_io_quota(long bytes) { quota = bytes; }

/* Whether this call is to be refused; sets errno. */
static int is_refused(void) {
    calls++;
    if (!fail_at || (fail_for_ever ? calls < fail_at : calls != fail_at)) return 0;
    errno = fail_error;
    return 1;
}

static int is_full(int handle, uint64_t end) {
    struct stat now;
    if (!quota || fstat(handle, &now) || end <= (uint64_t)now.st_size) return 0;
    long used = end - now.st_size;
    DIR *list = opendir(folder);
    if (!list) return 0;
    for (struct dirent *entry; (entry = readdir(list));) {
        struct stat one;
        if (!fstatat(dirfd(list), entry->d_name, &one, 0) && S_ISREG(one.st_mode)) used += one.st_size;
    }
    closedir(list);
    if (used <= quota) return 0;
    errno = ENOSPC;
    return 1;
}

static void opened(const char *path, int handle, int flags) {
    struct stat now;
    if (handle < 0 || handle >= HANDLES_MAX) return;
    file_of[handle] = is_folder[handle] = 0;
    if (!is_ours(path) || fstat(handle, &now)) return;
    if (S_ISDIR(now.st_mode)) {
        is_folder[handle] = 1;
        return;
    }
    int file = 0;
    while (file < names_count && strcmp(names[file], path)) file++;
    if (file == names_count) {
        if (names_count == FILES_MAX) abort();
        snprintf(names[names_count++], NAME_MAX_, "%s", path);
    }
    file_of[handle] = file + 1;
    record(OPENED, file + 1, (flags & O_TRUNC) != 0, path, strlen(path));
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        int mode = va_arg(rest, int); \
        va_end(rest); \
        REAL(int, #name, const char *, int, ...); \
        int handle = real(path, flags, mode); \
        opened(path, handle, flags); \
        return handle; \
    }
OPEN(open)
OPEN(open64)

int close(int handle) {
    REAL(int, "close", int);
    if (handle >= 0 && handle < HANDLES_MAX) file_of[handle] = is_folder[handle] = 0;
    return real(handle);
}

#define PWRITE(name) \
    ssize_t name(int handle, const void *data, size_t length, off_t offset) { \
        REAL(ssize_t, #name, int, const void *, size_t, off_t); \
        int file = file_at(handle); \
        if (file && (is_refused() || is_full(handle, offset + length))) return -1; \
        ssize_t done = real(handle, data, length, offset); \
        if (file && done > 0) record(WRITTEN, file, offset, data, done); \
        return done; \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int handle, const void *data, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t);
    int file = file_at(handle);
    off_t offset = file ? lseek(handle, 0, SEEK_CUR) : 0;
    if (file && (is_refused() || is_full(handle, offset + length))) return -1;
    ssize_t done = real(handle, data, length);
    if (done > 0 && file) record(WRITTEN, file, offset, data, done);
    else if (done > 0 && handle == 1 && begin()) record(ACKNOWLEDGED, 0, 0, data, done);
    return done;
}

static void synced(int handle) {
    if (file_at(handle)) record(SYNCED, file_at(handle), 0, 0, 0);
    else if (handle >= 0 && handle < HANDLES_MAX && is_folder[handle]) record(FOLDER_SYNCED, 0, 0, 0, 0);
}

#define SYNC(name) \
    int name(int handle) { \
        REAL(int, #name, int); \
        if (file_at(handle) && is_refused()) return -1; \
        int result = real(handle); \
        if (!result) synced(handle); \
        return result; \
    }
SYNC(fsync)
SYNC(fdatasync)

#define CUT_TO(name) \
    int name(int handle, off_t length) { \
        REAL(int, #name, int, off_t); \
        int file = file_at(handle); \
        if (file && is_refused()) return -1; \
        int result = real(handle, length); \
        if (file && !result) record(CUT, file, length, 0, 0); \
        return result; \
    }
CUT_TO(ftruncate)
CUT_TO(ftruncate64)

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    int result = real(path);
    if (!result && is_ours(path)) record(UNLINKED, 0, 0, path, strlen(path));
    return result;
}
