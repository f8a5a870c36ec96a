from . import draft, export, journal, person, protocol, record, release, token, ward

__all__ = ["draft", "export", "journal", "person", "protocol", "record", "release", "token", "ward"]
