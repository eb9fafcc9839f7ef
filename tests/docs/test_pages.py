"""Documents that are made from tables say what the tables say."""

from docs.messages_page import PAGE, page


def test_every_message_stands_in_its_page() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
