"""Who does it.

Docker's library imports paramiko wherever that is installed, which takes as long as all the rest
of it and is of use for ``ssh://`` alone. So something stands in for it until it is first used.
Every other module of this package is imported after this one.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """Stands in for a module, which is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


if "paramiko" not in sys.modules and find_spec("paramiko"):
    sys.modules["paramiko"] = Later("paramiko")
