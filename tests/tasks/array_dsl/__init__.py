"""A small DSL of NumPy arrays, in the careless style in which such code is often written.

Written for the tests, and plain Python: it knows nothing of the project. `stamped`, `recoloured`,
`placed`, `dropped` and `framed` change their argument and return it, `until_still` need not end, and
`brightness`, `flattened` and `empty_rows` return no grids.
"""

from .constants import *
from .functions import *
from .grids import *
from .masks import *
