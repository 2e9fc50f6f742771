"""`compose.yaml` holds together: what a service needs is there, what it is told is known, and replicas share what they must."""

import re
from pathlib import Path

import pytest
import yaml

from config import names

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"POSTGRES_PASSWORD", "BUCKET_PASSWORD", "CLAPPER_PUBLISHED_PORT"}
REPLICAS = ("replica-1", "replica-2")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def test_every_name_it_tells_clapper_is_a_setting_and_every_one_it_asks_for_is_known(compose):
    known = set(names.environment())
    for service in ("tables", "bot", *REPLICAS):
        assert set(compose["services"][service]["environment"]) <= known
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    assert asked <= known | ELSEWHERE


def test_what_services_depend_on_and_keep_is_there_wherever_they_start(compose):
    services = compose["services"]
    for name, service in services.items():
        for needed in service.get("depends_on", ()):
            assert set(services[needed].get("profiles", ())) <= set(service.get("profiles", ())), (name, needed)
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (ROOT / source).is_file() if source.startswith(".") else source in compose["volumes"]


def test_two_replicas_share_database_bucket_and_login_and_no_folder(compose):
    services = compose["services"]
    one, two = (services[name] for name in REPLICAS)
    assert one == two
    assert one["profiles"] == services["balancer"]["profiles"] == services["bucket"]["profiles"] == ["replicas"]
    told = one["environment"]
    assert told["CLAPPER_DATABASE_URL"].startswith("postgresql://")
    assert told["CLAPPER_DRIVE"].startswith("s3://")
    assert "CLAPPER_WEB_TOKEN" in told
    assert "profiles" not in services["bot"]
    assert one["volumes"] == []


def test_the_balancer_asks_whether_a_replica_is_ready_and_holds_nothing_back(compose):
    balancer = (ROOT / "config/Caddyfile").read_text()
    port = compose["services"]["replica-1"]["environment"]["CLAPPER_WEB_PORT"]
    assert " ".join(f"{name}:{port}" for name in REPLICAS) in balancer
    assert "health_uri /healthz" in balancer
    assert "flush_interval -1" in balancer, "or the page would not hear of changes"
