"""What is not ours is exactly what its makers published, and their licence lies beside it."""

from hashlib import sha256

import pytest

from libs.web.pages.static import FILES

VENDORED = {"htmx-4.0.1.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"}
"""File → the SHA-256 of the file in the package of that version."""


@pytest.mark.parametrize("name", VENDORED)
def test_a_vendored_file_is_untouched_and_has_its_licence(name: str) -> None:
    assert sha256(FILES[name].read_bytes()).hexdigest() == VENDORED[name]
    assert FILES[name].with_name(name.replace(".min.js", ".LICENSE")).read_text().startswith("Zero-Clause BSD")
