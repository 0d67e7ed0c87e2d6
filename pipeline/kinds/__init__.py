"""Kinds of documents: folders of data, checked once, then asked about records."""

from pipeline.kinds.checking import broken_rule, check_record, context_of, where_in_words
from pipeline.kinds.loading import kind_names, load_kind, load_kinds, shipped_templates_dir
from pipeline.kinds.model import Kind, Kinds, NumberSpec, Property, Rule

__all__ = [
    "Kind",
    "Kinds",
    "NumberSpec",
    "Property",
    "Rule",
    "broken_rule",
    "check_record",
    "context_of",
    "kind_names",
    "load_kind",
    "load_kinds",
    "shipped_templates_dir",
    "where_in_words",
]
