#!/usr/bin/env python3
"""Opens a sweep's page in headless Chromium, uses it, and tells what happened as JSON.

    browse_sweep.py CHROMIUM PAGE FOLDER

Writes screenshots (1280 and 400 pixels wide, light and dark) and a print to FOLDER.
"""
import base64
import os
import pathlib

from browse import run


def centre(browser, selector):
    browser.value(f"document.querySelector('{selector}').scrollIntoView({{block: 'center'}})")
    browser.settle()
    return browser.value(
        f"(() => {{ const b = document.querySelector('{selector}').getBoundingClientRect();"
        " return [b.x + b.width / 2, b.y + b.height / 2]; })()")


def use(browser, folder):
    facts = {"screenshots": []}
    for width in (1280, 400):
        browser.size(width, mobile=width < 600)
        for scheme in ("light", "dark"):
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.settle()
            path = os.path.join(folder, f"sweep-{width}-{scheme}.png")
            browser.screenshot(path)
            facts["screenshots"].append(path)
        facts[f"overflow{width}"] = browser.value("document.documentElement.scrollWidth - innerWidth")
    browser.call("Emulation.setEmulatedMedia", features=[])
    browser.size(1280)
    facts["numbers"] = browser.value(
        "[...document.querySelectorAll('[data-number]')].map(e => [e.dataset.number, e.textContent])")
    facts["json"] = browser.value("document.getElementById('report').textContent")
    for name, selector in (("marks", ".sweep-point"), ("bounds", ".bound-point"), ("knees", ".knee"),
                           ("curves", "path.curve")):
        facts[name] = browser.value(f"document.querySelectorAll('.wide {selector}').length")
    facts["front"] = browser.value(
        "document.querySelector('[aria-labelledby=h-latency]').querySelectorAll('.wide .sweep-point.front').length")
    # Curves fall from left to right; vertical positions grow downwards.
    facts["places"] = browser.value(
        "[...document.querySelector('[aria-labelledby=h-latency]').querySelectorAll('.wide .sweep-point')]"
        ".map(e => [Number(e.getAttribute('cx')), Number(e.getAttribute('cy'))])")

    # A point under the pointer shows its numbers, and its line of the table is marked.
    x, y = centre(browser, "[aria-labelledby=h-latency] .wide .sweep-point")
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
    browser.settle()
    facts["tip"] = browser.value("(() => { const t = document.getElementById('tip'); return t.hidden ? '' : t.textContent; })()")
    facts["marked"] = browser.value("[...document.querySelectorAll('tr.on')].map(e => Number(e.dataset.point))")
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Escape")
    browser.call("Input.dispatchKeyEvent", type="keyUp", key="Escape")
    browser.settle()
    facts["markedAfterEscape"] = browser.value("document.querySelectorAll('.on').length")

    order = "[...document.querySelectorAll('table.points tbody tr')].map(row => Number(row.dataset.point))"
    facts["orders"] = [browser.value(order)]
    for _ in range(3):
        browser.value("document.querySelector('table.points [data-key=latency] button').click()")
        facts["orders"].append(browser.value(order))

    data = browser.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"]
    facts["print"] = os.path.join(folder, "sweep.pdf")
    pathlib.Path(facts["print"]).write_bytes(base64.b64decode(data))
    facts["messages"] = browser.messages()
    return facts


run(use)
