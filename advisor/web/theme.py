"""The look of the page: one calm theme on Gradio's system, light and dark, with fonts of the person's own machine."""

from pathlib import Path
from typing import Any

STYLE = Path(__file__).parent / "style.css"
# Gradio puts its own selector in front of every rule of a style sheet, so the frame of the page is laid out here.
HEAD = """<style>
.gradio-container { max-width: min(1320px, 100vw) !important; min-width: 0 !important; width: 100% !important; box-sizing: border-box;
  margin: 0 auto !important; padding: 8px 12px 24px !important; overflow-x: clip; }
.gradio-container .fillable { padding: 8px 12px !important; min-width: 0 !important; }
@media (max-width: 640px) {
  .gradio-container { padding: 4px 2px 16px !important; }
  .gradio-container .fillable { padding: 4px 8px !important; }
}
html:not(.ga-busy) #ga-stop, html.ga-busy .ga-after { display: none !important; }
@media print { .gradio-container button { display: none !important; } }
</style>"""


def css() -> str:
    """Return the style sheet."""
    return STYLE.read_text(encoding="utf-8")


def theme() -> Any:
    """Return the theme; every pair of text and ground reaches a contrast of 4.5 to 1."""
    import gradio

    base = gradio.themes.Base(
        primary_hue="emerald",
        secondary_hue="emerald",
        neutral_hue="slate",
        radius_size="lg",
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "Ubuntu", "sans-serif"],
        font_mono=["ui-monospace", "Consolas", "monospace"],
    )
    return base.set(
        body_background_fill="#f7f9f8", body_background_fill_dark="#10161d",
        body_text_color="#1e293b", body_text_color_dark="#e5ebf2",
        body_text_color_subdued="#526074", body_text_color_subdued_dark="#a9b6c6",
        background_fill_primary="#ffffff", background_fill_primary_dark="#18212b",
        background_fill_secondary="#f1f5f4", background_fill_secondary_dark="#141c24",
        block_background_fill="#ffffff", block_background_fill_dark="#18212b",
        block_border_width="1px", block_border_color="#dbe3e8", block_border_color_dark="#2b3847",
        block_label_text_color="#334155", block_label_text_color_dark="#cbd5e1",
        block_title_text_color="#1e293b", block_title_text_color_dark="#e5ebf2",
        block_info_text_color="#526074", block_info_text_color_dark="#a9b6c6",
        block_shadow="none", block_shadow_dark="none",
        border_color_primary="#cbd5e1", border_color_primary_dark="#38465a",
        input_background_fill="#ffffff", input_background_fill_dark="#10161d",
        input_border_width="1px", input_border_width_dark="1px",
        input_border_color="#8593a8", input_border_color_dark="#55657a",
        input_placeholder_color="#64748b", input_placeholder_color_dark="#93a3b6",
        button_primary_background_fill="#17624f", button_primary_background_fill_dark="#1f7a63",
        button_primary_background_fill_hover="#124d3e", button_primary_background_fill_hover_dark="#196552",
        button_primary_text_color="#ffffff", button_primary_text_color_dark="#ffffff",
        button_secondary_background_fill="#eef3f1", button_secondary_background_fill_dark="#22303c",
        button_secondary_background_fill_hover="#dfe9e5", button_secondary_background_fill_hover_dark="#2b3d4c",
        button_secondary_text_color="#1e293b", button_secondary_text_color_dark="#e5ebf2",
        button_cancel_background_fill="#ffffff", button_cancel_background_fill_dark="#18212b",
        button_cancel_background_fill_hover="#fdecea", button_cancel_background_fill_hover_dark="#3a1f1f",
        button_cancel_text_color="#b42318", button_cancel_text_color_dark="#ff9d92",
        button_cancel_border_color="#b42318", button_cancel_border_color_dark="#ff9d92",
        button_border_width="1px", button_border_width_dark="1px",
        button_primary_border_color="#17624f", button_primary_border_color_dark="#1f7a63",
        button_secondary_border_color="#c3cfd9", button_secondary_border_color_dark="#3b4b5c",
        button_large_text_size="*text_md", button_large_text_weight="600", button_large_padding="9px 18px",
        button_small_text_size="*text_md", button_small_padding="6px 12px", button_small_radius="*radius_lg",
        button_large_radius="*radius_lg",
        color_accent="#17624f", color_accent_soft="#e7f2ee", color_accent_soft_dark="#17342c",
        border_color_accent_subdued="#b9d8cd", border_color_accent_subdued_dark="#2c5a4c",
        link_text_color="#17624f", link_text_color_dark="#7fd1bb",
        checkbox_background_color_selected="#17624f", checkbox_background_color_selected_dark="#1f7a63",
        checkbox_label_background_fill_selected="#17624f", checkbox_label_background_fill_selected_dark="#1f7a63",
        checkbox_label_text_color_selected="#ffffff", checkbox_label_text_color_selected_dark="#ffffff",
    )  # fmt: skip
