"""Small numbers in a table with sums: hidden, and with them what would let them be worked out. Pure."""

Cells = list[list[int]]


def hidden(cells: Cells, below: int) -> set[tuple[int, int]]:
    """Return the places (row, column) that are not shown when the sums of every row and column are.

    A row or column with a single hidden place would tell it by subtraction, so its next smallest goes too.
    """
    found = {
        (row, column) for row, values in enumerate(cells) for column, value in enumerate(values) if 0 < value < below
    }
    rows = [[(row, column) for column in range(len(values))] for row, values in enumerate(cells)]
    columns = [list(places) for places in zip(*rows, strict=True)]
    more = True
    while more:
        more = False
        for places in (*rows, *columns):
            open_ones = [(cells[row][column], (row, column)) for row, column in places if (row, column) not in found]
            rest = [one for one in open_ones if one[0] > 0]
            if len(places) - len(open_ones) == 1 and rest:
                found.add(min(rest)[1])
                more = True
    return found
