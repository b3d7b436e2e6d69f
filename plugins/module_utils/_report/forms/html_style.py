# Copyright (c) 2026, the drivecare.scsi contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style sheet of the report: light and dark, wide and narrow, screen and paper."""

from __future__ import annotations

#: Pairs of text and background reach a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3) in both schemes; a test computes them.
STYLE = """
:root{color-scheme:light dark;--bg:#fff;--fg:#1a1c20;--soft:#f3f4f6;--line:#c3c8d1;--muted:#4f5663;--link:#0b4fa3;
--critical:#a3001b;--on-critical:#fff;--major:#a84300;--on-major:#fff;--warning:#ffd24d;--on-warning:#1a1c20;
--info:#cfe3ff;--on-info:#0b2e5c;--unknown:#d9dce2;--on-unknown:#1a1c20;--pass:#d7efdc;--on-pass:#10481f}
@media (prefers-color-scheme:dark){:root{--bg:#14161a;--fg:#e8eaee;--soft:#1f2329;--line:#4a515d;--muted:#b3bac6;
--link:#9cc4ff;--critical:#a3152c;--on-critical:#fff;--major:#8f3b00;--on-major:#fff;--warning:#e0b52e;
--on-warning:#14161a;--info:#1f3f6b;--on-info:#d8e7ff;--unknown:#3a404a;--on-unknown:#e8eaee;--pass:#1d3f28;
--on-pass:#c9efd3}}
*{box-sizing:border-box}
html{scroll-behavior:auto}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:80rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.6rem;line-height:1.2;margin:1.2rem 0 .2rem}
h2{font-size:1.25rem;margin:2rem 0 .6rem;padding-top:.4rem;border-top:2px solid var(--line)}
h3{font-size:1.05rem;margin:1rem 0 .3rem}
.drive h3{margin-top:0}
.drive p{margin:.3rem 0}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--bg);padding:.5rem;z-index:1}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;margin:.6rem 0;padding:0}
.muted{color:var(--muted)}
.chip{display:inline-block;padding:0 .5em;border-radius:.3em;font-weight:600;white-space:nowrap}
.critical{background:var(--critical);color:var(--on-critical)}
.major{background:var(--major);color:var(--on-major)}
.warning{background:var(--warning);color:var(--on-warning)}
.info{background:var(--info);color:var(--on-info)}
.unknown{background:var(--unknown);color:var(--on-unknown)}
.pass{background:var(--pass);color:var(--on-pass)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.6rem;list-style:none;
margin:1rem 0;padding:0}
.tiles li{border-radius:.4rem;padding:.5rem .8rem;border:1px solid var(--line)}
.tiles .none{color:var(--muted)}
.tiles b{display:block;font-size:1.7rem;line-height:1.2}
.bar{display:flex;height:1.2rem;border:1px solid var(--line);border-radius:.3rem;overflow:hidden}
.bar span{display:block;min-width:2px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;overflow-wrap:normal}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line)}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
td{overflow-wrap:anywhere;min-width:3rem}
td.w{min-width:12rem}
.hosts,.g{list-style:none;margin:0;padding:0}
.hosts>li{padding:.4rem 0;border-bottom:1px solid var(--line);content-visibility:auto;
contain-intrinsic-size:auto 3.5rem}
.e{margin-top:.2rem;font-size:.875rem}
.g{display:flex;flex-wrap:wrap;gap:3px;margin-top:.2rem}
.g li{border-radius:.25rem;min-width:2.7rem;max-width:9rem;text-align:center;font-size:.875rem;overflow:hidden;
text-overflow:ellipsis;white-space:nowrap;padding:.1rem .2rem}
.g a{color:inherit;display:block;margin:-.1rem -.2rem;padding:.1rem .2rem}
.drive{border:1px solid var(--line);border-left:.5rem solid var(--line);border-radius:.4rem;padding:.7rem 1rem;
margin:0 0 1rem;content-visibility:auto;contain-intrinsic-size:auto 22rem}
.drive:target,.hosts>li:target{outline:3px solid var(--link)}
.drive.b-critical{border-left-color:var(--critical)}
.drive.b-major{border-left-color:var(--major)}
.drive.b-warning{border-left-color:var(--warning)}
.drive.b-info{border-left-color:var(--info)}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.2rem 1rem;margin:.4rem 0}
dt{color:var(--muted);font-size:.875rem}
dd{margin:0}
ul.why{margin:.2rem 0;padding-left:1.1rem}
details{margin:.6rem 0}
summary{cursor:pointer}
figure{margin:1rem 0}
svg text{fill:var(--fg);font:12px system-ui,sans-serif}
svg .f-critical{fill:var(--critical)}svg .f-major{fill:var(--major)}svg .f-warning{fill:var(--warning)}
svg .f-info{fill:var(--info)}svg .f-unknown{fill:var(--unknown)}svg .f-pass{fill:var(--pass)}
svg rect{stroke:var(--line);stroke-width:.5}
code{font-family:ui-monospace,monospace;font-size:.9em}
@media print{:root{--bg:#fff;--fg:#000;--soft:#fff;--line:#888;--muted:#333;--link:#000}
body{font-size:10pt}nav,.skip{display:none}.drive,.hosts>li{content-visibility:visible;break-inside:avoid}
h2,h3{break-after:avoid}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.scroll{overflow:visible}a{text-decoration:none}}
"""
