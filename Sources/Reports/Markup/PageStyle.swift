/// How a page looks: in light and in dark, on a phone and on paper.
enum PageStyle {
  static let text: StaticString = """
    :root { color-scheme: light dark; --back: #fff; --ink: #1b1f24; --soft: #57606a; --rule: #d0d7de; --panel: #f6f8fa;
      --accent: #0550ae; --c0: #0550ae; --c1: #b35900; --c2: #1a7f37; --c3: #a0316f; --c4: #6e40c9; --c5: #7a5c00;
      --c6: #006b75; --c7: #5c5f66; }
    @media (prefers-color-scheme: dark) { :root { --back: #0d1117; --ink: #e6edf3; --soft: #9aa4af; --rule: #3a424c;
      --panel: #161b22; --accent: #79b8ff; --c0: #79b8ff; --c1: #ffa657; --c2: #56d364; --c3: #ff9bce; --c4: #c8a6ff;
      --c5: #e3c34b; --c6: #5fd4de; --c7: #b1bac4; } }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0 auto; padding: 1rem; max-width: 82rem; background: var(--back); color: var(--ink);
      font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
    h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; } h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem;
      border-bottom: 1px solid var(--rule); } h3 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
    a { color: var(--accent); } .soft { color: var(--soft); }
    .skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; background: var(--back); padding: .5rem; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
    pre { background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; padding: .75rem; margin: .5rem 0;
      white-space: pre-wrap; font-size: .875rem; } .word { display: inline-block; max-width: 100%; }
    dl.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: .5rem; margin: 1rem 0; }
    dl.facts div { background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; padding: .5rem .75rem; }
    dl.facts dt { color: var(--soft); font-size: .8rem; } dl.facts dd { margin: 0; font-size: 1.15rem; font-weight: 600; }
    .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
    figure.chart { margin: 0; min-width: 0; border: 1px solid var(--rule); border-radius: 6px; padding: .75rem; }
    figure.chart > svg { display: block; width: 100%; height: auto; max-width: 40rem; }
    figcaption, caption { font-weight: 600; text-align: left; } caption { padding: .25rem 0; }
    svg text { fill: var(--soft); font: 11px system-ui, sans-serif; } svg .grid { stroke: var(--rule); stroke-width: .6; }
    svg .axis { stroke: var(--soft); stroke-width: 1; } svg .bar { fill: var(--c0); }
    svg .range { stroke: var(--ink); stroke-width: 1.5; }
    svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; } svg .faint { opacity: .35; stroke-width: 1; }
    svg .look0 { stroke: var(--c0); } svg .look1 { stroke: var(--c1); stroke-dasharray: 7 3; }
    svg .look2 { stroke: var(--c2); stroke-dasharray: 2 3; } svg .look3 { stroke: var(--c3); stroke-dasharray: 8 3 2 3; }
    svg .look4 { stroke: var(--c4); } svg .look5 { stroke: var(--c5); stroke-dasharray: 7 3; }
    svg .look6 { stroke: var(--c6); stroke-dasharray: 2 3; } svg .look7 { stroke: var(--c7); stroke-dasharray: 8 3 2 3; }
    svg .mark { fill: var(--back); stroke-width: 2; stroke-dasharray: none; }
    ul.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; list-style: none; padding: 0; margin: .25rem 0;
      font-size: .85rem; } ul.legend svg { vertical-align: middle; margin-right: .4rem; }
    .frame { overflow-x: auto; max-width: 100%; margin: .75rem 0; }
    table { border-collapse: collapse; font-size: .875rem; } caption { font-size: 1rem; }
    th, td { border-bottom: 1px solid var(--rule); padding: .3rem .6rem; text-align: start; vertical-align: top; }
    table { overflow-wrap: normal; } td, th[scope=row] { max-width: 40rem; }
    .long { min-width: 16rem; overflow-wrap: anywhere; }
    thead th { background: var(--panel); white-space: nowrap; } .number { text-align: right;
      font-variant-numeric: tabular-nums; white-space: nowrap; }
    .best { font-weight: 700; } .best::after { content: " ★"; }
    .shaded { background: color-mix(in srgb, var(--accent) calc(var(--shade) * .45), var(--back)); }
    thead button { all: unset; cursor: pointer; font-weight: 600; padding: .15rem 0; }
    thead button:focus-visible { outline: 3px solid var(--accent); }
    th[aria-sort=ascending] button::after { content: " ▲"; } th[aria-sort=descending] button::after { content: " ▼"; }
    details { margin: .5rem 0; } summary { cursor: pointer; padding: .15rem 0; }
    @media print { :root { --back: #fff; --ink: #000; --soft: #333; --rule: #999; --panel: #fff; color-scheme: light; }
      body { max-width: none; padding: 0; font-size: 10pt; } nav, .skip, figure details { display: none; }
      figure.chart, tr { break-inside: avoid; } .frame { overflow: visible; } .charts { grid-template-columns: 1fr 1fr; } }
    """
}
