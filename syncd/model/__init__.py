"""The words of syncd as types: pure data, no I/O, no clock, no log."""
