"""Reference numbers of the closed-form erasers, from their formulas as they are printed.

numpy only, and none of the short cuts of the Java code: every weight is edited and summed over
directly, projectors are d x d matrices, null spaces come from full singular value decompositions,
inverses are inverses. Writes closed_form_reference.safetensors (F64) beside itself:

    python closed_form_reference.py

Columns of text embeddings are columns here; in the file they lie as rows (n, d), as in a patch.
"""

import json
import pathlib

import numpy as np


def embeddings(rng, d, n, common, nearness):
    """n columns with a common part of length `common` and, by `nearness`, much alike."""
    base = rng.standard_normal((d, 1))
    mean = np.ones((d, 1)) / np.sqrt(d) * common
    return mean + base * nearness + rng.standard_normal((d, n))


def closed_form(weights, erased, kept, lam):
    """W' = [lam W + sum e (W g) c' + sum p (W p) p'] A^-1."""
    d = weights[0].shape[1]
    a = lam * np.eye(d)
    for c, g, e in erased:
        a = a + e * c @ c.T
    for p, scale in kept:
        a = a + scale * p @ p.T
    result = []
    for w in weights:
        b = lam * w
        for c, g, e in erased:
            b = b + e * (w @ g) @ c.T
        for p, scale in kept:
            b = b + scale * (w @ p) @ p.T
        result.append(np.linalg.solve(a.T, b.T).T)
    return result


def input_side(erased, kept, lam, d):
    return closed_form([np.eye(d)], erased, kept, lam)[0]


def rece(weights, erased, kept, lam, adversarial_lam, rounds):
    d = weights[0].shape[1]
    grown = [(c, g, e) for c, g, e in erased]
    edited = closed_form(weights, grown, kept, lam)
    for _ in range(rounds):
        left = adversarial_lam * np.eye(d) + sum(w1.T @ w1 for w1 in edited)
        right = sum(w1.T @ w for w1, w in zip(edited, weights))
        inverse = np.linalg.inv(left) @ right
        grown = [
            (np.hstack([c_all, inverse @ c]), np.hstack([g_all, g]), e)
            for (c_all, g_all, e), (c, g, _) in zip(grown, erased)
        ]
        edited = closed_form(weights, grown, kept, lam)
    return edited, grown


def speed(w, c, g, retained, invariants, shifts, lam, threshold):
    d = w.shape[1]
    plain = w @ (g - c) @ c.T @ np.linalg.inv(np.eye(d) + c @ c.T)
    norms = np.linalg.norm(plain @ retained, axis=0)
    filtered = retained[:, norms >= norms.mean()]
    shift = shifts[:, norms >= norms.mean()]
    used = filtered
    if len(shifts):
        v = np.linalg.svd(w, full_matrices=False)[2][-1][:, None]
        v = v * np.sign(v[np.argmax(np.abs(v))])
        copies = np.hstack([filtered + v @ s[None, :] for s in shift])
        norms = np.linalg.norm(plain @ copies, axis=0)
        used = np.hstack([filtered, copies[:, norms >= norms.mean()]])
    mean = used @ used.T / used.shape[1]
    values, vectors = np.linalg.eigh(mean)
    null = vectors[:, values < threshold * np.trace(mean) / d]
    p = null @ null.T
    m = np.linalg.inv(c @ c.T @ p + lam * np.eye(d))
    q = np.eye(d)
    if invariants.shape[1]:
        k = invariants
        q = q - m @ k @ np.linalg.inv(k.T @ p @ m @ k) @ k.T @ p
    return w + w @ (g - c) @ c.T @ p @ q @ m, values / (np.trace(mean) / d)


def cure_projector(columns, alpha):
    u, s, _ = np.linalg.svd(columns, full_matrices=False)
    r = s**2 / np.sum(s**2)
    return u @ np.diag(alpha * r / ((alpha - 1) * r + 1)) @ u.T


def cure(forgotten, retained, alpha):
    pf = cure_projector(forgotten, alpha)
    return np.eye(len(pf)) - pf + (pf @ cure_projector(retained, alpha) if retained.shape[1] else 0)


def double_projection(w, c, safe, preserved, cut):
    us, ss, _ = np.linalg.svd(safe, full_matrices=False)
    us = us[:, ss > cut * ss[0]]
    star = us @ us.T @ c
    u, s, _ = np.linalg.svd(preserved, full_matrices=True)
    u2 = u[:, np.sum(s > cut * s[0]):]
    x = u2.T @ c
    if c.shape[1] == 1:
        return w + w @ (star - c) @ x.T @ u2.T / np.sum(x**2)
    return w + w @ (star - c) @ np.linalg.pinv(x) @ u2.T


def oblique(rows, ridge, delta, kept):
    d = rows.shape[1]
    s = rows.T @ rows / len(rows)
    s = s + ridge * np.trace(s) / d * np.eye(d)
    si = np.linalg.inv(s)
    a = si @ delta
    if kept.shape[1]:
        a = a - si @ kept @ np.linalg.inv(kept.T @ si @ kept) @ kept.T @ si @ delta
    return np.eye(d) - delta @ np.linalg.inv(a.T @ delta) @ a.T


def save(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name in sorted(tensors):
        array = np.ascontiguousarray(np.atleast_1d(tensors[name]), dtype="<f8")
        raw = array.tobytes()
        header[name] = {
            "dtype": "F64",
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


CASES = {
    # d, columns of each concept, kept columns, common part, nearness, output sizes of the weights
    "general": (24, [1, 1, 1], 5, 0.0, 0.0, [16, 24, 40]),
    "alike": (32, [2, 3], 6, 25.0, 1.0, [16, 48]),
    "many": (20, [6, 6, 6], 12, 5.0, 0.5, [24, 12]),
    "one": (16, [1], 1, 3.0, 0.0, [8, 16]),
}


def case(rng, name, tensors):
    d, sizes, m, common, nearness, outs = CASES[name]
    weights = [rng.standard_normal((out, d)) / np.sqrt(d) for out in outs]
    concepts = [embeddings(rng, d, n, common, nearness) for n in sizes]
    guides = [embeddings(rng, d, n, common, nearness) for n in sizes]
    kept = embeddings(rng, d, m, common, nearness)
    scales = [1.0, 0.25, 2.0][: len(sizes)]
    lam, kept_scale = 0.5, 0.75

    def put(key, value):
        tensors[f"{name}.{key}"] = value

    for i, w in enumerate(weights):
        put(f"weight.{i}", w)
    for i, (c, g, e) in enumerate(zip(concepts, guides, scales)):
        put(f"target.{i}", c.T)
        put(f"guide.{i}", g.T)
        put(f"scale.{i}", e)
    put("kept", kept.T)
    put("kept_scale", kept_scale)
    put("lambda", lam)

    erased = list(zip(concepts, guides, scales))
    for i, w in enumerate(closed_form(weights, erased, [(kept, kept_scale)], lam)):
        put(f"closed_form.{i}", w)
    side = input_side(erased, [(kept, kept_scale)], lam, d)
    put("closed_form.condition", np.linalg.cond(side))
    put(
        "closed_form.residual",
        [np.linalg.norm(side @ c - g) / np.linalg.norm(g - c) for c, g, _ in erased],
    )
    put("closed_form.drift", np.linalg.norm(side @ kept - kept) / np.linalg.norm(kept))
    for i, w in enumerate(closed_form(weights, erased, [], lam)):
        put(f"closed_form_free.{i}", w)

    put("adversarial_lambda", 0.1)
    edited, grown = rece(weights, erased, [(kept, kept_scale)], lam, 0.1, 3)
    for i, w in enumerate(edited):
        put(f"rece.{i}", w)
    for i, (c, _, _) in enumerate(grown):
        put(f"rece.target.{i}", c.T)

    c, g = np.hstack(concepts), np.hstack(guides)
    retained = embeddings(rng, d, 3 * d // 4, common, nearness)
    invariants = embeddings(rng, d, 2, common, nearness)
    shifts = rng.standard_normal((4, retained.shape[1]))
    put("retained", retained.T)
    put("invariants", invariants.T)
    put("shifts", shifts)
    threshold = 0.3
    put("threshold", threshold)
    for i, w in enumerate(weights):
        for variant, (inv, sh) in {
            "speed": (invariants, shifts),
            "speed_plain": (invariants[:, :0], shifts[:0]),
        }.items():
            result, values = speed(w, c, g, retained, inv, sh, lam, threshold)
            gap = np.min(np.abs(values / threshold - 1))
            assert gap > 1e-3, f"{name} {i}: an eigenvalue lies on the threshold ({gap})"
            put(f"{variant}.{i}", result)

    put("alpha", 3.0)
    put("cure", cure(c, kept, 3.0))
    put("cure_alone", cure(c, kept[:, :0], 3.0))

    put("cut", 1e-3)
    few = kept[:, : max(1, min(m, d // 3))]
    put("preserved", few.T)
    put("safe", np.hstack([few, g[:, :1]]).T)
    for i, w in enumerate(weights):
        independent = c[:, : min(c.shape[1], d // 3)]
        put("dp.target", independent.T)
        put(f"dp.{i}", double_projection(w, independent, np.hstack([few, g[:, :1]]), few, 1e-3))

    rows = embeddings(rng, d, 4 * d, common, nearness).T
    delta = (c - g)[:, :2] if c.shape[1] > 1 else c - g
    hard = kept[:, : min(m, 4)]
    put("rows", rows)
    put("ridge", 1e-3)
    put("delta", delta.T)
    put("hard", hard.T)
    put("oblique", oblique(rows, 1e-3, delta, hard))
    put("oblique_free", oblique(rows, 1e-3, delta, hard[:, :0]))


def main():
    rng = np.random.default_rng(20261124)
    tensors = {}
    for name in CASES:
        case(rng, name, tensors)
    here = pathlib.Path(__file__).resolve().parent
    save(here / "closed_form_reference.safetensors", tensors, {"numpy": np.__version__})


if __name__ == "__main__":
    main()
