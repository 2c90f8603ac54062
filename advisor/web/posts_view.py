"""Job posts that the person added, ranked for their skills, each with what speaks for and against it."""

from typing import Any

from advisor import Advisor, AdvisorError, job_rank, jobs
from advisor.job_rank import RankedPost
from advisor.web import parts, profile, strings
from advisor.web.drawing import esc, number
from advisor.web.shared import Shared

MOST = 15


def build(shared: Shared, demo: Any) -> Any:
    """Build the ranking of job posts; return its column, which is shown when there are posts."""
    import gradio

    advisor = shared.advisor
    with gradio.Column(visible=False, elem_id="ga-posts") as column:
        gradio.HTML(f"<h2>{strings.POSTS_HEAD}</h2>")
        with gradio.Row(elem_classes=["ga-fields"]):
            skills = gradio.Textbox(
                "", label=strings.POSTS_SKILLS, info=strings.POSTS_SKILLS_HELP, max_length=1000, elem_id="ga-posts-skills"
            )  # fmt: skip
            floor = gradio.Number(0, label=strings.POSTS_FLOOR, minimum=0, elem_id="ga-posts-floor")
        show = gradio.Button(strings.POSTS_SHOW, variant="primary", elem_id="ga-posts-show")
        found = gradio.HTML("", elem_id="ga-posts-found")
    around: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    def known(kept: Any) -> str:
        return ", ".join(profile.from_browser(kept).skills)

    show.click(lambda words, least: ranked(advisor, words, least or 0.0), [skills, floor], [found], **around)
    shared.profile.change(known, [shared.profile], [skills], queue=False, **around)
    demo.load(known, [shared.profile], [skills], **around)
    return column


def ranked(advisor: Advisor, words: str, floor: float) -> str:
    """Return the posts that fit as a table, best first, or in words why there is none."""
    skills = [part.strip() for part in (words or "").split(",") if part.strip()]
    if not skills:
        return f"<p class='ga-error' role='alert'>{strings.POSTS_NO_SKILLS}</p>"
    try:
        best = job_rank.rank(
            jobs.path_in(advisor.settings.data_dir), skills, advisor.embedding, MOST, max(0.0, float(floor))
        )
    except AdvisorError as error:
        return f"<p class='ga-error' role='alert'>{esc(error)}</p>"
    if not best:
        return f"<p class='ga-intro'>{strings.POSTS_NOTHING}</p>"
    rows = [
        [
            f"<td>{parts.link(item.post.url, item.post.title)}<br><span class='ga-meta'>{esc(_pay(item))}</span></td>",
            f"<td>{_lines(item)}</td>",
        ]
        for item in best
    ]
    return parts.html_table(strings.POSTS_COLUMNS, rows, strings.POSTS_HEAD)


def _pay(item: RankedPost) -> str:
    post = item.post
    if post.low is not None and post.high is not None:
        return strings.POSTS_RATE.format(currency=post.currency, low=number(post.low), high=number(post.high)).strip()
    if post.budget is not None:
        return strings.POSTS_BUDGET.format(currency=post.currency, budget=number(post.budget)).strip()
    return strings.POSTS_UNPAID


def _lines(item: RankedPost) -> str:
    warned = [f"<strong>{esc(line)}.</strong>" for line in item.flags]
    against = [esc(strings.POSTS_BUT.format(words=line)) for line in item.against]
    return "<br>".join((*warned, *(esc(line) for line in item.reasons), *against))
