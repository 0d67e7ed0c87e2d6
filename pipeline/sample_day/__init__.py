"""A day's drops of a made-up province, for looking at the program: seeded, made at run time, like real ones."""

from pipeline.sample_day.day import drop

__all__ = ["drop"]
