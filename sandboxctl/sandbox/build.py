"""One image of ours to make. What goes into its tag is read from files, so that is below us."""

from __future__ import annotations

from sandboxctl.blueprint.images import Build as Build
