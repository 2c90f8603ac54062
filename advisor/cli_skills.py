"""Commands for skills, occupations, job posts and the counsellor's page; `advisor.cli` takes them in."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value on standard output.")]
Given = Annotated[str, typer.Argument(help="Text, or the path of a CV (PDF, DOCX, text, HTML).")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("skills")(show_skills)
    app.command("occupation")(show_occupations)
    app.command("jobs")(show_jobs)
    app.command("client")(make_client_page)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def _text(given: str) -> str:
    """Return the text of a file, read in the sandbox like any document, or what was given itself."""
    path = Path(given).expanduser()
    try:
        is_file = len(given) < 1000 and path.is_file()
    except OSError:
        is_file = False
    if not is_file:
        return given
    from advisor.settings import load
    from ingest.sandbox import text_in_child

    return text_in_child(path, load())


def _recognised(advisor: Any, text: str, without: list[str] | None = None) -> list[Any]:
    left_out = {item.lower().strip() for item in without or []}
    return [skill for skill in advisor.skills_in(text) if not {skill.id.lower(), skill.label.lower()} & left_out]


def show_skills(given: Given, as_json: Json = False) -> None:
    """List the skills that a text or CV shows, with the words that show them; confirm or correct before using them."""
    from advisor import Advisor

    text = _text(given)
    with Advisor.open(progress=True) as advisor:
        found = _recognised(advisor, text)
    if as_json:
        _print_json([asdict(skill) for skill in found])
        return
    for skill in found:
        quotes = "; ".join(f"“{' '.join(item.quote.split())[:80]}”" for item in skill.evidence[:3])
        typer.echo(f"{skill.confidence:.2f}  {skill.label} ({skill.source}, {skill.because}): {quotes}")
    ending = "These are proposals: strike out what is wrong before you use them."
    if not found:
        ending = "No skill was recognised. Say what you do in a day, also unpaid."
    typer.echo(ending, err=True)


def show_occupations(
    title: Annotated[str, typer.Argument(help="A job title, or what somebody does.")],
    k: Annotated[int, typer.Option("-k", help="How many.", min=1, max=50)] = 5,
    source: Annotated[str, typer.Option(help="onet or esco; both when empty.")] = "",
    as_json: Json = False,
) -> None:
    """Find the O*NET and ESCO occupations of a title or description."""
    from advisor import AdvisorError, occupations
    from advisor.embedding import open_embedding
    from advisor.settings import load

    if source not in ("", *occupations.SOURCES):
        raise AdvisorError(f"--source is {source!r}; it must be one of: {', '.join(occupations.SOURCES)}.")
    settings = load()
    found = occupations.match(settings.data_dir, title, open_embedding(settings), k, source)
    if as_json:
        _print_json([asdict(item) for item in found])
        return
    for item in found:
        typer.echo(
            f"{item.score:.2f}  {item.source} {item.code}  {item.title}"
            + (f"  (by {item.by!r})" if item.by != item.title else "")
        )


def show_jobs(
    skills: Annotated[str, typer.Option(help="Your skills, with commas between.")] = "",
    pay: Annotated[str, typer.Option(help="Show what posts for this skill pay.")] = "",
    floor: Annotated[float, typer.Option(help="Least pay an hour.", min=0)] = 0.0,
    k: Annotated[int, typer.Option("-k", help="How many.", min=1, max=200)] = 10,
    erase: Annotated[bool, typer.Option("--erase", help="Delete all posts from this machine.")] = False,
    as_json: Json = False,
) -> None:
    """Rank job posts for your skills with reasons and warnings, or show what a skill pays in them."""
    from advisor import AdvisorError, job_rank, jobs
    from advisor.embedding import open_embedding
    from advisor.settings import load

    settings = load()
    path = jobs.path_in(settings.data_dir)
    if erase:
        typer.echo("The job posts are erased." if jobs.erase(path) else "There are no job posts.")
        return
    if pay:
        paid = job_rank.pays(path, pay)
        if as_json:
            _print_json([asdict(item) for item in paid])
            return
        for item in paid:
            typer.echo(
                f"{item.skill}: {item.currency} {item.median:g} per {item.basis} in the middle, "
                f"half of the posts between {item.low:g} and {item.high:g} (n = {item.n})"
            )
        if not paid:
            typer.echo(f"No post with a stated pay asks for {pay!r}.")
        return
    names = [part.strip() for part in skills.split(",") if part.strip()]
    if not names:
        raise AdvisorError("Name your skills (--skills 'python, sql') or one to price (--pay python).")
    ranked = job_rank.rank(path, names, open_embedding(settings), k, floor)
    if as_json:
        _print_json([asdict(post) for post in ranked])
        return
    for post in ranked:
        typer.echo(f"{post.score:.2f}  {post.post.title}  {post.post.url}".rstrip())
        for line in (
            *post.reasons,
            *(f"but: {text}" for text in post.against),
            *(f"WARNING: {text}" for text in post.flags),
        ):
            typer.echo(f"      {line}")


def make_client_page(
    given: Given,
    out: Annotated[Path, typer.Option(help="File to write: .md, .docx or .pdf.")] = Path("roadmap.md"),
    client: Annotated[str, typer.Option(help="How the client is called on the page.")] = "",
    target: Annotated[str, typer.Option(help="Path, for instance data-analyst; the best fitting one when empty.")] = "",
    hours: Annotated[float, typer.Option(help="Hours a week for learning.", min=1, max=80)] = 8,
    country: Annotated[str, typer.Option(help="Two-letter code.")] = "",
    without: Annotated[
        list[str] | None, typer.Option(help="A skill that the client struck out; may be given often.")
    ] = None,
    confirmed: Annotated[bool, typer.Option("--confirmed", help="The client has gone through the skills.")] = False,
) -> None:
    """Write a client's one-page skill roadmap: evidence, options, gaps, steps, sources."""
    from datetime import date

    from advisor import Advisor, client_page, occupations, skills
    from advisor.neutral import neutral

    text = _text(given)
    with Advisor.open(progress=True) as advisor:
        found = _recognised(advisor, text, without)
        graph = skills.path_in(advisor.settings.data_dir)
        near: list[Any] = []
        attributions: list[str] = []
        if graph.is_file():
            near = occupations.in_text(advisor.settings.data_dir, neutral(text).text, advisor.embedding)
            with skills.opened(graph) as connection:
                attributions = [release.attribution for release, _ in skills.releases(connection)]
        page = client_page.client_page(
            found, advisor.facts, date.today(), client=client, target=target, hours=hours, country=country.upper(),  # noqa: DTZ011
            occupations=near, attributions=attributions, confirmed=confirmed,
        )  # fmt: skip
    client_page.write(page, out)
    after = (
        ""
        if confirmed
        else " Go through the skills with the client; strike out wrong ones with --without, then add --confirmed."
    )
    typer.echo(f"Wrote {out}.{after}", err=True)
