"""What `vanthu kinds check` asks of every kind: templates, examples and rules that fit each other."""

from pipeline.kind_check.checking import check_kinds, write_expected

__all__ = ["check_kinds", "write_expected"]
