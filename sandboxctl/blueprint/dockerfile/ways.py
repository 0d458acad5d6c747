"""Instructions and options of a Dockerfile that a den does not have, and its way instead."""

from __future__ import annotations

INSTRUCTIONS = {
    "ADD": "fetches from addresses and unpacks archives; use COPY, of files beside it",
    "ARG": "nothing is given to a build; write the value, or use ENV",
    "VOLUME": "data would escape its sandbox; name the folder in `writable` of the blueprint",
    "HEALTHCHECK": "readiness is asked as `healthcheck` of the blueprint says; put it there",
    "ONBUILD": "would act in somebody else's build; do it here, or not at all",
    "SHELL": "commands run with /bin/sh; write `CMD` in its JSON form for another one",
    "STOPSIGNAL": "a service is stopped with SIGTERM, and killed after `stop_grace_period`",
    "MAINTAINER": "is no longer a part of Dockerfiles; `supplier` of the blueprint says who it is",
}

RUN = (
    "nothing of a supplier's runs while an image is made; use `source` with a `runtime`, bring "
    "an `image` that is built already, or ask for it: `exceptions: [{service: %s, grant: run, "
    "reason: …}]`"
)

KEYS = {
    "args": INSTRUCTIONS["ARG"],
    "additional_contexts": "a build sees its own folder and nothing else",
    "cache_from": "what was made once is kept by the den anyway; take it out",
    "cache_to": "what was made once is kept by the den anyway; take it out",
    "dockerfile_inline": "put it into a file, so that its lines have numbers",
    "entitlements": "no build gets rights on the host",
    "extra_hosts": "a build has no network",
    "isolation": "no build gets rights on the host",
    "labels": "write LABEL in the Dockerfile",
    "network": "a build has no network",
    "no_cache": "an image is named by all that goes in, so it is made anew when that changes",
    "platforms": "a service runs on the platform of the engine",
    "privileged": "no build gets rights on the host",
    "provenance": "take it out; the den does not publish images",
    "pull": "images are prepared before a workshop, by `sandboxctl image prepare`",
    "sbom": "take it out; the den does not publish images",
    "secrets": "a build sees no secret, since an image keeps what it saw",
    "shm_size": "a build has the limits of the den",
    "ssh": "a build sees no key of the host",
    "tags": "images are named by the den, by the hash of all that goes in",
    "target": "a Dockerfile has one stage here",
    "ulimits": "a build has the limits of the den",
}
"""Keys of Compose's `build`, and why there is none of it."""
