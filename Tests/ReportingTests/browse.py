#!/usr/bin/env python3
"""Opens a page in headless Chromium, uses it, and tells what happened as JSON.

    browse.py CHROMIUM PAGE FOLDER

Writes screenshots (1280 and 400 pixels wide, light and dark) and a print to FOLDER. Speaks the DevTools protocol over
the browser's pipe, so that nothing but Python's library is needed.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading


class Browser:
    """A browser and the one page that it shows."""

    def __init__(self, program, profile):
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()

        def places():  # The browser reads from 3 and writes to 4.
            source, target = os.dup(to_browser), os.dup(from_browser)
            os.dup2(source, 3)
            os.dup2(target, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-extensions", "--hide-scrollbars",
             f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"],
            preexec_fn=places, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.number, self.events, self.buffer, self.session = 0, [], b"", None

    def read(self):
        while b"\0" not in self.buffer:
            part = os.read(self.input, 1 << 20)
            if not part:
                raise RuntimeError("the browser went away")
            self.buffer += part
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        number, message = self.number, {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def wait(self, method):
        while not any(event["method"] == method for event in self.events):
            self.events.append(self.read())

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, page):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=pathlib.Path(page).resolve().as_uri())
        self.wait("Page.loadEventFired")

    def size(self, width, height=800, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
        self.settle()

    def settle(self):
        """Waits until what was asked for is drawn and its events are told."""
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def screenshot(self, path):
        height = self.value("Math.ceil(document.documentElement.getBoundingClientRect().height)")
        width = self.value("innerWidth")
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True,
                         clip={"x": 0, "y": 0, "width": width, "height": min(height, 9000), "scale": 1})["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def messages(self):
        """What the console, the log and the network had to say; requests are for the page itself and data: alone."""
        found = []
        for event in self.events:
            method, parameters = event["method"], event.get("params", {})
            if method == "Runtime.consoleAPICalled":
                found.append("console: " + json.dumps(parameters["args"]))
            elif method == "Runtime.exceptionThrown":
                found.append("exception: " + json.dumps(parameters["exceptionDetails"]))
            elif method == "Log.entryAdded":
                found.append("log: " + parameters["entry"]["text"])
            elif method == "Network.requestWillBeSent":
                url = parameters["request"]["url"]
                if not url.startswith("data:") and parameters.get("type") != "Document":
                    found.append("request: " + url)
        return found


# Pairs of texts of one drawing that lie over each other, and how many texts there are; turned ones are left out.
OVERPRINTED = """(() => {
  let count = 0;
  const found = [];
  for (const drawing of document.querySelectorAll('svg')) {
    const boxes = [...drawing.querySelectorAll('text')]
      .filter(text => text.textContent.trim() && !text.hasAttribute('transform'))
      .map(text => ({ text, box: text.getBoundingClientRect() })).filter(({ box }) => box.width > 0);
    count += boxes.length;
    boxes.forEach(({ text, box: a }, index) => boxes.slice(0, index).forEach(({ text: other, box: b }) => {
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // Boxes of text have room above and below.
      if (width > 1.5 && height > 3.5) found.push(other.textContent + ' / ' + text.textContent);
    }));
  }
  return { count, found };
})()"""


def use(browser, folder):
    facts = {}
    for width in (1280, 400):
        browser.size(width, mobile=width < 600)
        for scheme in ("light", "dark"):
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.settle()
            path = os.path.join(folder, f"report-{width}-{scheme}.png")
            browser.screenshot(path)
            facts.setdefault("screenshots", []).append(path)
        texts = browser.value(OVERPRINTED)
        facts[f"texts{width}"] = texts["count"]
        facts.setdefault("overprinted", []).extend(texts["found"])
        facts[f"overflow{width}"] = browser.value("document.documentElement.scrollWidth - innerWidth")
    browser.call("Emulation.setEmulatedMedia", features=[])
    browser.size(1280)
    facts["loadMilliseconds"] = browser.value("performance.getEntriesByType('navigation')[0].loadEventEnd")
    facts["numbers"] = browser.value(
        "[...document.querySelectorAll('[data-number]')].map(e => [e.dataset.number, e.textContent])")
    facts["json"] = browser.value("document.getElementById('report').textContent")

    # The first step by the pointer: its numbers show.
    at = browser.value(
        "(() => { const e = document.querySelector('.detail .block'); e.scrollIntoView({block: 'center'});"
        " const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()")
    browser.settle()
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=at[0], y=at[1])
    browser.settle()
    facts["tip"] = browser.value("(() => { const t = document.getElementById('tip'); return t.hidden ? '' : t.textContent; })()")
    facts["marked"] = browser.value("document.querySelectorAll('.on').length")

    facts["controls"] = use_controls(browser, folder)

    # Zoom in by the button, drag, and back.
    box = "document.getElementById('graph').getAttribute('viewBox')"
    browser.value("document.getElementById('graph').scrollIntoView({block: 'center'})")
    facts["views"] = [browser.value(box)]
    browser.value("document.querySelector('[data-zoom=in]').click()")
    browser.value("document.querySelector('[data-zoom=in]').click()")
    browser.settle()
    facts["views"].append(browser.value(box))
    browser.screenshot(os.path.join(folder, "report-zoomed.png"))
    at = browser.value(
        "(() => { const b = document.getElementById('graph').getBoundingClientRect();"
        " return [b.x + b.width / 2, b.y + b.height / 2]; })()")
    browser.call("Input.dispatchMouseEvent", type="mousePressed", x=at[0], y=at[1], button="left", clickCount=1)
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=at[0] - 40, y=at[1] - 20, button="left")
    browser.call("Input.dispatchMouseEvent", type="mouseReleased", x=at[0] - 40, y=at[1] - 20, button="left")
    facts["views"].append(browser.value(box))
    browser.value("document.querySelector('[data-zoom=fit]').click()")
    browser.settle()
    facts["views"].append(browser.value(box))

    data = browser.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"]
    path = os.path.join(folder, "report.pdf")
    pathlib.Path(path).write_bytes(base64.b64decode(data))
    facts["print"] = path
    facts["messages"] = browser.messages()
    return facts


def drag(browser, start, end):
    for kind, at in (("mousePressed", start), ("mouseMoved", end), ("mouseReleased", end)):
        browser.call("Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button="left", clickCount=1)
    browser.settle()


def box_of(browser, selector):
    browser.value(f"document.querySelector('{selector}').scrollIntoView({{block: 'center'}})")
    browser.settle()
    return browser.value(
        f"(() => {{ const b = document.querySelector('{selector}').getBoundingClientRect();"
        " return [b.x, b.y, b.width, b.height]; })()")


def use_controls(browser, folder):
    """The timeline's brush, sorting, searching, pinning and the iterations of a step."""
    found = {}
    text = lambda selector: browser.value(f"document.querySelector('{selector}').textContent")
    shown = "document.querySelectorAll('.detail .block').length"

    # The brush chooses the middle fifth; "All" goes back.
    found["stepsBefore"] = browser.value(shown)
    x, y, width, height = box_of(browser, ".strip")
    drag(browser, (x + width * 0.4, y + height / 2), (x + width * 0.6, y + height / 2))
    found["stepsBrushed"] = browser.value(shown)
    found["captionBrushed"] = text("#timeline-live .caption")
    found["numbersShown"] = browser.value("document.querySelectorAll('.detail .number').length")
    box_of(browser, "#timeline-live")
    browser.screenshot(os.path.join(folder, "report-brushed.png"))
    x, y, width, height = box_of(browser, ".strip")
    drag(browser, (x + width * 0.5, y + height / 2), (x + width * 0.7, y + height / 2))
    found["captionMoved"] = text("#timeline-live .caption")
    browser.value("document.querySelector('#timeline-live [data-zoom=fit]').click()")
    browser.settle()
    found["stepsAfter"] = browser.value(shown)

    # The buttons zoom into the middle, and out again.
    browser.value("document.querySelector('#timeline-live [data-zoom=in]').click()")
    browser.settle()
    found["captionZoomed"] = text("#timeline-live .caption")
    browser.value("document.querySelector('#timeline-live [data-zoom=out]').click()")
    browser.settle()
    found["stepsZoomedOut"] = browser.value(shown)

    # A click on a step pins it; the iterations are its own from then on; Escape lets go.
    # The widest, which a pointer surely hits.
    step = browser.value(
        "[...document.querySelectorAll('.detail .block')].reduce((a, b) =>"
        " b.getBoundingClientRect().width > a.getBoundingClientRect().width ? b : a).dataset.step")
    x, y, width, height = box_of(browser, f'.detail .block[data-step="{step}"]')
    drag(browser, (x + width / 2, y + height / 2), (x + width / 2, y + height / 2))
    found["pinned"] = browser.value("document.querySelectorAll('.pin').length")
    found["tilesOfPinned"] = text("#tiles-outcome").startswith(f"step {step}:")
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Escape")
    browser.call("Input.dispatchKeyEvent", type="keyUp", key="Escape")
    browser.settle()
    found["pinnedAfterEscape"] = browser.value("document.querySelectorAll('.pin').length")

    # In the graph as well; the buttons of the strip of iterations go on from there.
    x, y, width, height = box_of(browser, "#graph .cluster[data-step=\"2\"]")
    drag(browser, (x + width / 2, y + height - 2), (x + width / 2, y + height - 2))
    found["tilesOfGraph"] = text("#tiles-outcome").split(":")[0]
    for button in ("next", "next", "previous"):
        browser.value(f"document.getElementById('tiles-{button}').click()")
    found["tilesByButtons"] = text("#tiles-outcome").split(":")[0]
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Escape")
    browser.call("Input.dispatchKeyEvent", type="keyUp", key="Escape")
    browser.settle()

    # A row of the strip for each tensor, and what is loaded, kept and evicted in colours of their own.
    found["lanes"] = browser.value("document.querySelectorAll('#tiles-strip text.name').length")
    found["kinds"] = browser.value(
        "[...new Set([...document.querySelectorAll('#tiles-strip .cell')].map(e => e.classList[1]))].sort()")

    # Two schedules: a bar for each step of both, and a row for each block that differs, the sum last.
    found["compared"] = browser.value(
        "[...document.querySelectorAll('section[aria-labelledby=h-comparison] tbody tr')].length - 1")
    found["comparedSteps"] = browser.value(
        "document.querySelectorAll('section[aria-labelledby=h-comparison] figure svg:first-of-type rect').length")

    # The slider goes through the iterations; Play does by itself.
    first = text("#tiles-facts")
    browser.value(
        "(() => { const s = document.getElementById('tiles-position'); s.value = Math.min(1, s.max);"
        " s.dispatchEvent(new Event('input')); })()")
    found["iterations"] = [first, text("#tiles-facts")]
    browser.value("document.getElementById('tiles-play').click()")
    found["isPlaying"] = browser.value("document.getElementById('tiles-play').getAttribute('aria-pressed')") == "true"
    browser.value("new Promise(done => setTimeout(done, 500))")
    found["played"] = text("#tiles-facts") != found["iterations"][1]
    found["cells"] = browser.value("document.querySelectorAll('#tiles-strip .cell').length")
    if browser.value("document.getElementById('tiles-play').getAttribute('aria-pressed')") == "true":
        browser.value("document.getElementById('tiles-play').click()")

    # The table by latency, falling, rising, and back.
    order = "[...document.querySelectorAll('table.steps tbody tr')].map(row => Number(row.dataset.step))"
    sort = "document.querySelector('table.steps [data-key=latency] button').click()"
    found["orders"] = [browser.value(order)]
    for _ in range(3):
        browser.value(sort)
        found["orders"].append(browser.value(order))

    # Searching by number or name, and going to what is found.
    found["searches"] = []
    for words in ("op 3", "QUERY", "no such name", ""):
        browser.value(
            f"(() => {{ const s = document.getElementById('search'); s.value = '{words}';"
            " s.dispatchEvent(new Event('input')); })()")
        found["searches"].append(
            [text("#search-outcome"), str(browser.value("document.querySelectorAll('tr.found').length"))])
        if words == "op 3":
            browser.value(
                "document.getElementById('search').dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter'}))")
            browser.settle()
            found["went"] = text("#search-outcome")
            browser.screenshot(os.path.join(folder, "report-found.png"))
            browser.value("document.querySelector('[data-zoom=fit]').click()")
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Escape")
    browser.settle()

    # The name of a layer searches it: its steps are marked, and once more lets go.
    layer = "document.querySelectorAll('.groups button')[1]"
    found["layers"] = browser.value("[...document.querySelectorAll('.groups button')].map(e => e.textContent)")
    for state in ("pressed", "released"):
        browser.value(f"{layer}.click()")
        browser.settle()
        found[state] = [
            text("#search-outcome"), str(browser.value("document.querySelectorAll('tr.found').length")),
            browser.value(f"{layer}.getAttribute('aria-pressed')")]
        if state == "pressed":
            # Colours by layer as well: those of the drawings are those of the table.
            marked = ".cluster[data-step], .detail .block, .steps .swatch"
            colours = (f"[...new Set([...document.querySelectorAll('{marked}')]"
                       ".map(e => [...e.classList].find(name => /^c\\d+$/.test(name))))].sort()")
            found["coloursBefore"] = browser.value(colours)
            browser.value("document.getElementById('colour-layers').click()")
            browser.settle()
            found["coloursByLayer"] = browser.value(colours)
            found["coloursOfSteps"] = browser.value(
                "[...document.querySelectorAll('.steps .swatch')].map(e => e.classList[1])")
            found["coloursOfTable"] = browser.value(
                "[...document.querySelectorAll('.groups .swatch')].filter(e => e.getBoundingClientRect().width > 0)"
                ".map(e => [...e.classList].find(name => /^c\\d+$/.test(name))).sort()")
            browser.screenshot(os.path.join(folder, "report-layer.png"))
            browser.value("document.getElementById('colour-layers').click()")
            browser.settle()
            found["coloursAfter"] = browser.value(colours)
    return found


def run(use):
    """Opens the page named on the command line in the browser named there, and prints what `use` finds, as JSON."""
    program, page, folder = sys.argv[1:4]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        guard = threading.Timer(60, browser.process.kill)
        guard.start()
        try:
            browser.open(page)
            print(json.dumps(use(browser, folder)))
        finally:
            guard.cancel()
            browser.process.kill()
            browser.process.wait()


if __name__ == "__main__":
    run(use)
