"""The office for programs: the same deeds, rights and errors as the pages, as JSON under ``/api/v1``."""
