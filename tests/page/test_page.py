"""The sandbox in a real browser: what a newcomer and a moderator do, by mouse and keyboard."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.page.conftest import PHONE
from tests.sandbox_services import ASKED, CLAIM_TEXT, DENIED

expect.set_options(timeout=20_000)  # how long a busy machine may take; on an idle one each takes well under a second

ASSERTED = "The United States created the Taliban, and that is a fact."
VERDICT = "The public record does not support this."


def messages(page: Page) -> Locator:
    """Return the conversation's messages."""
    return page.locator("article.channel-message")


async def post(page: Page, text: str) -> None:
    """Type a post and send it with Enter, as people do."""
    await expect(page.locator("#send-message")).to_be_enabled()
    await page.fill("#channel-composer-input", text)
    await page.keyboard.press("Enter")
    await expect(page.locator("#channel-message-list")).to_contain_text(text)


async def become(page: Page, name: str) -> None:
    """Choose whom to post as and wait until the page shows their view."""
    async with page.expect_navigation():
        await page.select_option("#viewer-picker", label=name)
    await messages(page).first.wait_for()


async def test_post_when_typed_then_the_note_appears_and_its_full_text_on_demand(page):
    await post(page, ASSERTED)
    note = messages(page).nth(2)
    await expect(note).to_contain_text(VERDICT)
    await note.get_by_role("button", name="Full note").click()
    answer = messages(page).nth(3)
    await expect(answer).to_contain_text("Only you can see this")
    await expect(answer).to_contain_text("Full note")
    await expect(answer).to_be_in_viewport()


async def test_posts_that_deny_or_ask_when_typed_then_stay_unanswered(page):
    await post(page, DENIED)
    await post(page, ASKED)
    await post(page, ASSERTED)
    await expect(messages(page)).to_have_count(5)
    await expect(messages(page).nth(4)).to_contain_text(VERDICT)


async def test_new_thread_when_posted_then_opens_with_the_note(page):
    await page.click("#sandbox-new")
    await page.get_by_label("Title").fill("Who made the Taliban?")
    await page.get_by_label("Post", exact=True).fill(ASSERTED)
    await page.click("#sandbox-post")
    await expect(page.locator("#channel-name")).to_have_text("Who made the Taliban?")
    await expect(messages(page).nth(1)).to_contain_text(VERDICT)
    await expect(page.locator("#sandbox-threads a[aria-current=page]")).to_contain_text("Who made the Taliban?")


async def test_dialog_given_a_blank_post_then_says_what_is_wrong_and_stays(page):
    await page.click("#sandbox-new")
    await page.get_by_label("Title").fill("Blank")
    await page.get_by_label("Post", exact=True).fill("  ")
    await page.click("#sandbox-post")
    await expect(page.locator("#sandbox-error")).to_have_text("A post must not be empty.")
    await page.click("#sandbox-cancel")
    await expect(page.locator("#sandbox-dialog")).to_be_hidden()


async def command(page: Page, words: str) -> None:
    """Type a slash command, choose it, and run it."""
    await expect(page.locator("#send-message")).to_be_enabled()
    await page.click("#channel-composer-input")
    await page.keyboard.type(words)
    await expect(page.get_by_role("option", name=words)).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")


async def test_moderator_when_asked_then_releases_the_reply_and_follows_the_link(page, review_mode):
    await post(page, ASSERTED)
    await become(page, "Mo (moderator)")
    await page.locator("#sandbox-channels a").click()
    card = messages(page).last
    await expect(card).to_contain_text("The post probably asserts this claim.")
    await card.get_by_role("button", name="Post", exact=True).click()
    await page.locator("a[href^='https://discord.com/channels/']").first.click()
    await expect(page.locator("#channel-name")).to_have_text("Start here")
    await expect(messages(page).last).to_contain_text(VERDICT)


async def test_command_when_typed_then_answers_the_admin_alone(page):
    await become(page, "Ada (admin)")
    await command(page, "/forum list")
    await expect(messages(page).last).to_contain_text("geopolitics: auto")


async def test_menu_of_a_post_when_used_then_offers_the_fitting_note(page):
    await post(page, ASKED)
    asked = messages(page).nth(1)
    await asked.hover()
    await asked.get_by_role("button", name="Apps on this post").click()
    await page.get_by_role("menuitem", name="Get context").click()
    await expect(messages(page).last).to_contain_text(CLAIM_TEXT)


async def test_member_when_looking_then_sees_no_staff_channel(page):
    await expect(page.locator("#sandbox-threads a")).to_have_count(3)
    await expect(page.locator("#sandbox-channels a")).to_have_count(0)


async def test_page_on_a_phone_then_fits_and_its_thread_list_opens(page, sandbox, browser):
    phone = await browser.new_page(viewport=PHONE)
    await phone.goto(sandbox.url)
    await messages(phone).first.wait_for()
    assert await phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await expect(phone.locator("#sandbox-nav")).to_be_hidden()
    await phone.get_by_role("button", name="Threads").click()
    await phone.locator("#sandbox-threads a", has_text="Moscow talks").click()
    await expect(phone.locator("#channel-name")).to_have_text("Moscow talks on Afghanistan")
    await expect(messages(phone)).to_have_count(2)
