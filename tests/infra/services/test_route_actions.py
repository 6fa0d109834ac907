"""What the load balancer does before it forwards, or instead: logins and redirects."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from infra.services.login import CognitoLogin, OidcLogin
from infra.services.redirect import Redirect
from infra.services.routing import HealthCheck, Route
from infra.services.service import Service
from tests.program.pack_on_graph import shop_report
from tests.support.application import a_platform, a_service
from tests.support.graph import ACCOUNT, REGION
from tests.support.service import graph_from, graph_with

POOL = CognitoLogin(user_pool_arn="arn:pool", client_id="client", domain="shop")
PROVIDER: dict[str, Any] = {
    "issuer": "https://id.example",
    "authorization_endpoint": "https://id.example/authorize",
    "token_endpoint": "https://id.example/token",
    "user_info_endpoint": "https://id.example/me",
    "client_id": "shop",
}
OLD = Route(host="www.test.example.com", redirect=Redirect(host="test.example.com"))


def an_oidc_login(**changes) -> OidcLogin:
    inputs: dict[str, Any] = {**PROVIDER, "client_secret": pulumi.Output.secret("hunter2"), **changes}
    return OidcLogin(**inputs)


def test_users_log_in_before_a_task_gets_their_requests():
    def program():
        Service("cart", a_service(route=Route(login=an_oidc_login(session_s=3600))))

    graph = graph_from(program)
    login, forward = graph.one(aws.lb.ListenerRule)["actions"]
    assert (login["type"], login["order"]) == ("authenticate-oidc", 1)
    assert login["authenticateOidc"]["issuer"] == "https://id.example"
    assert login["authenticateOidc"]["sessionTimeout"] == 3600
    assert (forward["type"], forward["order"]) == ("forward", 2)


@pytest.mark.parametrize("secret", [pulumi.Output.from_input, pulumi.Output.secret])
def test_a_client_secret_is_one_whatever_it_came_from(secret):
    def program():
        login = an_oidc_login(client_secret=secret("hunter2"))
        assert "hunter2" not in repr(login)
        Service("cart", a_service(route=Route(login=login)))

    rule = graph_from(program).one(aws.lb.ListenerRule)
    assert rule["actions"][0]["authenticateOidc"]["clientSecret"] == "hunter2"
    assert rule.secret_inputs == {"actions"}
    assert not graph_with(route=Route(login=POOL)).one(aws.lb.ListenerRule).secret_inputs


def test_a_pool_of_cognito_is_asked():
    login, _ = graph_with(route=Route(login=POOL)).one(aws.lb.ListenerRule)["actions"]
    assert login["type"] == "authenticate-cognito"
    assert login["authenticateCognito"]["userPoolClientId"] == "client"


def test_without_a_domain_nobody_logs_in():
    with pytest.raises(pulumi.RunError, match=r"route.login: needs HTTPS, and the platform has no domain"):
        graph_with(platform=a_platform(domain=None, https_listener_arn=None), route=Route(login=POOL))


def test_a_redirect_needs_no_task():
    graph = graph_with(routes=[Route(), OLD])
    assert len(graph.of(aws.lb.TargetGroup)) == len(graph.one(aws.ecs.Service)["loadBalancers"]) == 1
    (rule,) = [one for one in graph.of(aws.lb.ListenerRule) if "redirect" in one.name]
    assert rule["actions"] == [{"type": "redirect", "redirect": {"host": "test.example.com", "statusCode": "HTTP_301"}}]
    alone = graph_with(port=None, route=OLD)
    assert not alone.of(aws.lb.TargetGroup)
    assert not alone.of(aws.vpc.SecurityGroupIngressRule)
    assert "loadBalancers" not in alone.one(aws.ecs.Service).inputs


def test_a_service_shows_the_rules_that_redirect_after_the_others():
    def program():
        cart = Service("cart", a_service(routes=[OLD, Route()]))
        pulumi.export("rules", [rule.urn for rule in cart.listener_rules])
        pulumi.export("urls", cart.urls)

    outputs = graph_from(program).outputs
    assert [urn.rpartition("::")[2].rpartition("-")[0] for urn in outputs["rules"]] == [
        "cart-target-group-rule", "cart-redirect",
    ]  # fmt: skip
    assert outputs["urls"] == ["https://test.example.com/"]


def test_a_redirect_may_take_the_place_of_a_route_and_not_stand_beside_it():
    """With one priority the new rule could not be made before the old one goes."""
    redirect = Route(path="/old", redirect=Redirect(path="/new"))
    assert redirect.chosen_priority != Route(path="/old").chosen_priority
    with pytest.raises(pulumi.RunError, match=r"routes: two want \(every host\)/old"):
        a_service(routes=[redirect, Route(path="/old")])

    def program():
        Service("cart", a_service(route=redirect))
        Service("catalog", a_service(route=Route(path="/old")))

    with pytest.raises(pulumi.RunError, match="catalog and cart both want"):
        graph_from(program)


@pytest.mark.parametrize(
    ("route", "redirect"),
    [
        ({"path": "/*"}, Redirect(path="/new")),
        ({"path": "/a*"}, Redirect(path="/a/#{path}")),
        ({}, Redirect(host="www.example.com")),
        ({"host": "*.example.com"}, Redirect(host="www.example.com")),
        ({"host": "a.example.com"}, Redirect(host="#{host}", path="/b")),
        ({"path": "/x/*", "host": "a.example.com"}, Redirect(host="a.example.com", path="/x/y")),
    ],
)
def test_a_redirect_to_itself_is_refused(route, redirect):
    with pytest.raises(pulumi.RunError, match=r"redirect: leads to where .* redirects again; give another"):
        Route(**route, redirect=redirect)


@pytest.mark.parametrize(
    ("route", "redirect"),
    [
        ({"path": "/old*"}, Redirect(path="/new/#{path}")),
        ({"host": "example.com"}, Redirect(host="www.#{host}")),
        ({"host": "*.example.com"}, Redirect(host="example.com")),
        ({"path": "/*", "query": {"old": "1"}}, Redirect(path="/new", query="")),
    ],
)
def test_other_redirects_are_not(route, redirect):
    if route.get("host") == "example.com":
        assert not redirect.comes_back("example.com", "/*")
    assert Route(**route, redirect=redirect).redirect == redirect


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (Redirect, "host: give another host, another path or both"),
        (lambda: Redirect(path="new"), "path: must be / and characters, up to 128 .*, got 'new'"),
        (lambda: Redirect(path="/" + "a" * 128), "path: must be / and characters, up to 128"),
        (lambda: Redirect(host="a b"), "host: must be a host name, up to 128 .*, got 'a b'"),
        (lambda: Redirect(path="/a", query="a b"), "query: must be characters"),
        (lambda: Redirect(path="/a", status="301"), "status: must be HTTP_301 or HTTP_302, got '301'"),  # pyright: ignore[reportArgumentType]
        (lambda: Route(path="/a", redirect=Redirect(path="/b"), port=80), "port: is of tasks, and no task gets what"),
        (
            lambda: Route(path="/a", redirect=Redirect(path="/b"), health_check=HealthCheck(path="/c")),
            "health_check: is of tasks",
        ),
        (lambda: Route(path="/a", redirect=Redirect(path="/b"), login=POOL), "login: is of tasks"),
        (lambda: Route(login=POOL, protocol="GRPC"), "login: the load balancer forwards GRPC and does nothing before"),
        (lambda: an_oidc_login(issuer="http://id.example"), "issuer: must be a URL that begins with https://"),
        (lambda: an_oidc_login(session_s=0), "session_s: must be 1 to 604800 s, got 0"),
        (lambda: an_oidc_login(unauthenticated="Deny"), "unauthenticated: must be authenticate or allow or deny"),
    ],
)
def test_wrong_actions_are_refused(make, says):
    with pytest.raises(pulumi.RunError, match=says):
        make()


@pytest.mark.parametrize("given", ["hunter2", 12345])
def test_a_client_secret_in_the_program_is_refused_and_not_shown(given):
    with pytest.raises(pulumi.RunError, match="client_secret: must be") as error:
        an_oidc_login(client_secret=given)
    assert str(given) not in str(error.value)


@pytest.mark.parametrize("preview", [True, False])
def test_the_pack_finds_nothing_wrong_with_them(preview):
    platform = a_platform(key_arn=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1")

    def program():
        routes = [OLD, Route(login=an_oidc_login()), Route(path="/admin*", login=POOL)]
        Service("cart", a_service(platform=platform, routes=routes))

    report = shop_report(graph_from(program, preview=preview))
    assert [f"{finding.rule}: {finding.message}" for finding in report.findings] == []
