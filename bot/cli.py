"""The command ``footnote``: parse, call one function, print. Heavy imports happen inside the commands.

Formats that scripts rely on stand in the product's interface description and are tested in ``tests/bot/test_cli.py``.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_models import evaluation, training
from bot.cli_notes import notes
from bot.cli_store import db
from bot.core.domain import Mode
from bot.core.errors import AppError

app = typer.Typer(
    name="footnote",
    help="Footnote answers asserted, unsupported claims with balanced context. Everything stays on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a script instead of text for people.")]


def main() -> None:
    """Run the command line; an expected failure is one sentence on standard error and its exit code."""
    try:
        app()
    except AppError as error:
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `footnote ... | head`
        sys.stderr.close()
        sys.exit(141)


@app.command()
def run() -> None:
    """Run the bot on Discord; without DISCORD_TOKEN, open the sandbox in the browser instead.

    Example: DISCORD_TOKEN=... footnote run
    """
    from bot.app import run_on_discord
    from bot.logs import configure_logs
    from config.settings import load_settings

    settings = load_settings()
    if settings.discord_token is None:
        typer.echo("DISCORD_TOKEN is not set, so this is the sandbox: a practice Discord on this machine.")
        sandbox()
        return
    configure_logs(settings.logs.level, settings.logs.format)
    asyncio.run(run_on_discord(settings, settings.discord_token.get_secret_value()))


@app.command("sandbox")
def sandbox(
    port: Annotated[int | None, typer.Option(help="Port on 127.0.0.1; the next free one is taken if in use.")] = None,
) -> None:
    """Open the sandbox: a practice Discord in the browser, with the real bot in it.

    Example: footnote sandbox --port 9000
    """
    from bot.app import run_in_sandbox
    from bot.logs import configure_logs
    from config.settings import load_settings

    settings = load_settings()
    configure_logs("WARNING" if settings.logs.level == "INFO" else settings.logs.level, settings.logs.format)
    asyncio.run(run_in_sandbox(settings, port=settings.sandbox.port if port is None else port, announce=typer.echo))


@app.command()
def replay(
    discussion: Annotated[str, typer.Argument(help="JSON Lines of {author, thread, text}, or a .txt; - reads stdin.")],
    mode: Annotated[Mode, typer.Option(help="The forum's mode.")] = Mode.AUTO,
    as_json: Json = False,
) -> None:
    """Play a discussion through the real bot and print what it did, or why it stayed silent.

    Example: footnote replay config/sample_discussion.jsonl
    """
    from bot.logs import configure_logs
    from bot.offline import replay_file
    from config.settings import load_settings

    configure_logs("ERROR")
    asyncio.run(replay_file(load_settings(), discussion, mode=mode, as_json=as_json, echo=typer.echo))


@app.command()
def check(
    text: Annotated[str | None, typer.Argument(help="One post, printed for people.")] = None,
    posts: Annotated[str | None, typer.Option(help="JSON Lines of {id, text}; - reads stdin.")] = None,
    out: Annotated[str, typer.Option(help="Where findings go; - is stdout.")] = "-",
    claims: Annotated[
        Path | None, typer.Option(help="JSON Lines of {id, claim, ...}; default: the active notes.")
    ] = None,
    review: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Review threshold.")] = None,
    reply: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Reply threshold.")] = None,
    why: Annotated[bool, typer.Option("--why", help="With one text: every step and number.")] = False,
) -> None:
    """Screen posts without Discord, by the same code path as the bot.

    Example: footnote check "The US created ISIS" or footnote check --posts posts.jsonl --out findings.jsonl
    """
    from bot.offline import CheckRequest, check_posts, check_text
    from config.settings import load_settings

    if (text is None) == (posts is None):
        raise typer.BadParameter('Give either one text, as in footnote check "...", or --posts FILE.')
    request = CheckRequest(claims=claims, review=review, reply=reply)
    if text is not None:
        asyncio.run(check_text(load_settings(), text, request, why=why, echo=typer.echo))
    elif posts is not None:
        asyncio.run(check_posts(load_settings(), posts, out, request))


@app.command()
def match(
    claims: Annotated[str, typer.Option(help="JSON Lines of {id, claim, paraphrases?}.")],
    queries: Annotated[str, typer.Option(help="JSON Lines of {id, text}; - reads stdin.")],
    top: Annotated[int, typer.Option(min=1, max=1000, help="Claims per query.")] = 10,
    out: Annotated[str, typer.Option(help="TREC run file; - is stdout.")] = "-",
) -> None:
    """Rank claims for each query: retrieval alone, as a TREC run.

    Example: footnote match --claims claims.jsonl --queries queries.jsonl --top 10 --out run.trec
    """
    from bot.offline import match_queries
    from config.settings import load_settings

    match_queries(load_settings(), claims, queries, top, out)


@app.command()
def stance(
    pairs: Annotated[str, typer.Option(help="JSON Lines of {id, text, claim, context?}; - reads stdin.")],
    out: Annotated[str, typer.Option(help="Where probabilities go; - is stdout.")] = "-",
) -> None:
    """Judge what each text does with its claim: stance alone.

    Example: footnote stance --pairs pairs.jsonl --out stances.jsonl
    """
    from bot.offline import stance_pairs
    from config.settings import load_settings

    stance_pairs(load_settings(), pairs, out)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check token, intents, permissions, models, notes and store; each line says what to do.

    Example: footnote doctor
    """
    from bot.doctor import print_report
    from bot.logs import configure_logs
    from config.settings import load_settings

    configure_logs("ERROR")
    if not asyncio.run(print_report(load_settings(), as_json=as_json, echo=typer.echo)):
        raise typer.Exit(1)


app.add_typer(db, name="db")
app.add_typer(notes, name="notes")
training(app)
evaluation(app)

if __name__ == "__main__":
    main()
