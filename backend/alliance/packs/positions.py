"""Where in a TOML text a key stands; tomllib keeps no lines, and a wrong pack must name one."""

from __future__ import annotations

from dataclasses import dataclass, field

Path = tuple[str | int, ...]
BARE_END = " \t\r\n=.]},#"


@dataclass
class Positions:
    """The line of every key path of a text that tomllib has accepted."""

    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of the path, or of the nearest thing around it; 1 when there is nothing."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 1


def locate(text: str) -> Positions:
    """Read the text once and note the line of every table, key and array item."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.row = 1
        self.found = Positions()
        self.last_index: dict[Path, int] = {}

    def run(self) -> Positions:
        table: Path = ()
        while self._skip(newlines=True):
            if self._peek() == "[":
                table = self._header()
            else:
                self._entry(table)
        return self.found

    def _peek(self, ahead: int = 0) -> str:
        return self.text[self.at + ahead : self.at + ahead + 1]

    def _take(self, count: int = 1) -> None:
        self.row += self.text.count("\n", self.at, self.at + count)
        self.at += count

    def _skip(self, newlines: bool) -> bool:
        blank = " \t\r\n" if newlines else " \t"
        while self.at < len(self.text):
            if self._peek() in blank:
                self._take()
            elif self._peek() == "#":
                end = self.text.find("\n", self.at)
                self._take((end if end >= 0 else len(self.text)) - self.at)
            else:
                return True
        return False

    def _mark(self, path: Path, row: int | None = None) -> None:
        self.found.lines.setdefault(path, self.row if row is None else row)

    def _header(self) -> Path:
        row = self.row
        many = self.text.startswith("[[", self.at)
        self._take(2 if many else 1)
        parts = self._key()
        path: Path = ()
        for place, part in enumerate(parts):
            path = (*path, part)
            self._mark(path, row)
            if many and place == len(parts) - 1:
                self.last_index[path] = self.last_index.get(path, -1) + 1
            if path in self.last_index:
                path = (*path, self.last_index[path])
                self._mark(path, row)
        self._take(2 if many else 1)
        return path

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(newlines=False)
            if self._peek() in "\"'":
                parts.append(self._string())
            else:
                start = self.at
                while self._peek() and self._peek() not in BARE_END:
                    self._take()
                parts.append(self.text[start : self.at])
            self._skip(newlines=False)
            if self._peek() != ".":
                return parts
            self._take()

    def _entry(self, table: Path) -> None:
        row = self.row
        path = table
        for part in self._key():
            path = (*path, part)
            self._mark(path, row)
        self._take()
        self._skip(newlines=False)
        self._value(path)

    def _value(self, path: Path) -> None:
        char = self._peek()
        if char in "\"'":
            self._string()
        elif char == "[":
            self._take()
            index = 0
            while self._skip(newlines=True) and self._peek() != "]":
                self._mark((*path, index))
                self._value((*path, index))
                index += 1
                self._comma()
            self._take()
        elif char == "{":
            self._take()
            while self._skip(newlines=True) and self._peek() != "}":
                self._entry(path)
                self._comma()
            self._take()
        else:
            while self._peek() and self._peek() not in ",]}#\n":
                self._take()

    def _comma(self) -> None:
        self._skip(newlines=True)
        if self._peek() == ",":
            self._take()

    def _string(self) -> str:
        quote = self._peek()
        if self.text.startswith(quote * 3, self.at):
            return self._long_string(quote)
        self._take()
        start = self.at
        while self._peek() != quote:
            self._take(2 if quote == '"' and self._peek() == "\\" else 1)
        value = self.text[start : self.at]
        self._take()
        return value

    def _long_string(self, quote: str) -> str:
        self._take(3)
        start = self.at
        while not self.text.startswith(quote * 3, self.at):
            self._take(2 if quote == '"' and self._peek() == "\\" else 1)
        value = self.text[start : self.at]
        self._take(3)
        while self._peek() == quote:
            self._take()
        return value
