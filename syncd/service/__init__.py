"""The daemon around the work: lock, logs, timetable, signals."""
