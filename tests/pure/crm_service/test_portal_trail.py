import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_service import portal_trail


@pytest.mark.parametrize(
    ("path", "method", "step"),
    [
        ("/my", "GET", ("home", None, None, "")),
        ("/my/home", "GET", ("home", None, None, "")),
        ("/my/orders", "GET", ("order", None, None, "")),
        ("/my/orders/page/2", "GET", ("order", None, None, "")),
        ("/my/orders/12", "GET", ("order", "sale.order", 12, "")),
        ("/fr/my/orders/12?access_token=x", "GET", ("order", "sale.order", 12, "")),
        ("/zh_CN/my/tickets/7/reply", "POST", ("ticket", "crm.ticket", 7, "reply")),
        ("/my/tickets/create", "POST", ("ticket", None, None, "create")),
        ("/my/shop/product/3", "GET", ("shop", "product.product", 3, "")),
        ("/my/help", "POST", ("help", None, None, "send")),
        ("/my/unknown/5", "GET", ("other", None, None, "")),
    ],
)
def test_steps(path, method, step):
    """R109: the address says which page, which document and what was done."""
    assert tuple(portal_trail.read(path, method)) == step


@pytest.mark.parametrize("path", ["", "/", "/odoo/my", "/mybook", "/my/counters", "/my/solutions/suggest", None])
def test_no_page(path):
    """R109: what is no page of the portal, or what a page asks for by itself, is no step."""
    assert portal_trail.read(path) is None


def test_download():
    """R109: a document fetched as a file is an action."""
    assert portal_trail.read("/my/invoices/4", download=True).action == "download"


@given(st.text(max_size=300))
def test_any_text(text):
    """R109: any address is read without an error, and what is shown again is a page of the portal or nothing."""
    address = portal_trail.clean(text)
    assert not address or address == "/my" or address.startswith("/my/")
    assert len(address) <= portal_trail.MAX_PATH
    portal_trail.read(f"/my/{text}", "POST")
