"""Every refusal has a code that never changes its meaning; `sandboxctl explain DEN301` tells it.

DEN1xx reading · DEN2xx keys and values · DEN3xx rights on the host · DEN4xx files · DEN5xx images
and builds · DEN6xx templates and data · DEN7xx networks and keys · DEN8xx exceptions and secrets
· DEN9xx what runs
"""

from __future__ import annotations

from collections.abc import Mapping

from sandboxctl.codes import (
    files,
    images,
    network,
    privilege,
    reading,
    running,
    templates,
    trust,
    values,
)
from sandboxctl.codes.code import Code

__all__ = ["ALL", "Code"]

_CHAPTERS = (reading, values, privilege, files, images, templates, network, trust, running)

ALL: Mapping[str, Code] = {code.code: code for chapter in _CHAPTERS for code in chapter.CODES}
"""Every code there is, in the order of the chapters."""
