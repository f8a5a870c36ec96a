from . import draft, export, journal, person, protocol, record, release, ward

__all__ = ["draft", "export", "journal", "person", "protocol", "record", "release", "ward"]
