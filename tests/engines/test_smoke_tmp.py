import time
import pytest
from tests import pipeline, prototypes
pytestmark = pytest.mark.engine
def test_it(docker_engine, api, sandbox, written, visitor, cli):
    f = written(prototypes.page())
    for verb in ("up", "up"):
        t=time.time(); o=pipeline.up(docker_engine, f, sandbox); print(verb, time.time()-t); print(o.plan)
    v=visitor(sandbox)
    print(v.get("/").body, v.send("/book/lines", b"x").body, v.get("/book/lines").body)
    t=time.time(); o=pipeline.reset(docker_engine, sandbox); print("reset", time.time()-t)
    print(v.get("/book/lines").body)
    t=time.time(); print(cli("ls","--plain").stdout, time.time()-t)
    t=time.time(); print(cli("up", str(f), "--name", sandbox,"--plain"), time.time()-t)
    t=time.time(); o=pipeline.down(docker_engine, sandbox); print("down", time.time()-t)
