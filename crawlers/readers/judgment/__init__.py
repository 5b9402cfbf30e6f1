"""A judgment document (裁判文书) read from its page. Party names are read over and never kept."""

from crawlers.readers.judgment.reading import each_case, read, read_all

__all__ = ["each_case", "read", "read_all"]
