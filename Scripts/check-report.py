#!/usr/bin/env python3
"""Opens reports of `sparsegrad report` in a headless Chromium and looks for what is wrong with them.

    Scripts/check-report.py REPORT.html ... [--screenshots FOLDER]

At 390 and at 1280 pixels, light and dark: no error of a script, nothing that the page's security policy stopped, nothing wider than
the page, titles of columns that sort. --screenshots keeps a picture of each. The exit status is 1 if something is wrong, and 77
where there is no Chromium (`CHROMIUM` may name one).
"""
import argparse
import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

WIDTHS = (390, 1280)
SCHEMES = ("light", "dark")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Elements that stick out of the page, unless something around them scrolls.
OVERFLOWING = """
(() => {
  const width = document.documentElement.clientWidth;
  const scrolls = element => {
    for (let e = element.parentElement; e; e = e.parentElement)
      if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX)) return true;
    return false;
  };
  const wide = [...document.body.querySelectorAll('*')].filter(element => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > width + 1 && !scrolls(element);
  });
  const page = document.documentElement.scrollWidth;
  return (page > width ? ['the page is ' + page + ' wide'] : []).concat(
    wide.slice(0, 5).map(e => e.tagName.toLowerCase() + ' "' + e.textContent.trim().slice(0, 40) + '"'));
})()
"""

# Sorts by the first column twice: the rows have to be in one order, then in the other.
UNSORTED = """
(() => {
  const problems = [];
  for (const table of document.querySelectorAll('table')) {
    const button = table.querySelector('thead button');
    if (!button) continue;
    const rows = () => [...table.querySelectorAll('tbody tr')].map(row => row.innerText).join('\\n');
    const header = button.closest('th');
    button.click();
    const [first, order] = [rows(), header.getAttribute('aria-sort')];
    button.click();
    const turned = header.getAttribute('aria-sort');
    const count = table.querySelectorAll('tbody tr').length;
    if (!['ascending', 'descending'].includes(order) || turned === order)
      problems.push('a table does not sort: ' + table.caption?.textContent);
    if (count > 1 && new Set([...table.querySelectorAll('tbody tr')].map(r => r.cells[0].innerText)).size === count
      && rows() === first) problems.push('sorting changes nothing: ' + table.caption?.textContent);
  }
  return problems;
})()
"""


class Browser:
    """Chromium, spoken to over two pipes by its DevTools protocol."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp()
        to_read, self.to_browser = os.pipe()
        self.from_browser, to_write = os.pipe()

        def give_pipes():
            # The protocol wants them as 3 and 4.
            reading, writing = os.dup(to_read), os.dup(to_write)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--hide-scrollbars", "--no-first-run", "--remote-debugging-pipe",
             "--user-data-dir=" + self.folder],
            preexec_fn=give_pipes, close_fds=False, start_new_session=True,
            stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(to_write)
        self.buffer, self.count, self.events = b"", 0, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    session = None

    def close(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.to_browser)
        os.close(self.from_browser)
        # What its processes still write is not worth an error.
        shutil.rmtree(self.folder, ignore_errors=True)

    def receive(self):
        while b"\0" not in self.buffer:
            part = os.read(self.from_browser, 1 << 20)
            if not part:
                raise SystemExit("the browser has ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())

    def evaluate(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in result:
            raise SystemExit(f"a check failed: {result['exceptionDetails']}")
        return result["result"].get("value")


def complaints(events):
    """What the page's scripts, and the browser about the page, have said."""
    for event in events:
        details = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            thrown = details["exceptionDetails"]
            said = thrown.get("exception", {}).get("description") or thrown.get("text", "")
            yield "script error: " + said.split("\n")[0]
        if event.get("method") == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
            yield "browser: " + details["entry"]["text"]
        if event.get("method") == "Runtime.consoleAPICalled":
            yield "console: " + json.dumps(details.get("args"))[:200]


def check(browser, report, screenshots):
    found = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            browser.events.clear()
            browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                         deviceScaleFactor=1, mobile=False)
            browser.call("Emulation.setEmulatedMedia",
                         features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.call("Page.navigate", url=report.resolve().as_uri())
            browser.wait_for("Page.loadEventFired")
            if screenshots:
                picture = browser.call("Page.captureScreenshot", format="png")["data"]
                name = f"{report.stem}-{width}-{scheme}.png"
                (screenshots / name).write_bytes(base64.b64decode(picture))
            problems = browser.evaluate(OVERFLOWING)
            # What is folded may be too wide, too.
            browser.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            problems += browser.evaluate(OVERFLOWING) + browser.evaluate(UNSORTED)
            problems += list(complaints(browser.events))
            found += [f"{report}, {width} px, {scheme}: {problem}" for problem in dict.fromkeys(problems)]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("reports", nargs="+", type=pathlib.Path)
    parser.add_argument("--screenshots", type=pathlib.Path, help="folder for a picture of each view")
    options = parser.parse_args()
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not program:
        print("no Chromium is there: nothing was checked", file=sys.stderr)
        return 77
    for report in options.reports:
        if not report.is_file():
            parser.error(f"{report}: no such file")
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    browser = Browser(program)
    try:
        for domain in ("Page", "Runtime", "Log"):
            browser.call(f"{domain}.enable")
        found = [problem for report in options.reports
                 for problem in check(browser, report, options.screenshots)]
    finally:
        browser.close()
    print("\n".join(found) if found else f"{len(options.reports)} reports: nothing wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
