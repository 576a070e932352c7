"""The first day: language, enrolment, camera, sounds, printer, one big step after the other."""
