// Draws each chart in the place of its picture, fits it to a narrow window, and opens folded tables for the printer.
(function () {
  "use strict";
  const NARROW = 480; // pixels under which a row of a legend would be cut
  const MARGIN = 4; // pixels that a chart's content may be measured beyond its edge and still be whole
  const MENU = 40; // pixels beside the title for the menu that saves the picture

  function wrapped(text, letters) {
    const lines = [""];
    for (const word of [].concat(text).join(" ").split(/\s+/)) {
      const last = lines[lines.length - 1];
      if (last && last.length + word.length >= letters) lines.push(word);
      else lines[lines.length - 1] = last ? last + " " + word : word;
    }
    return lines;
  }

  function withWrappedTitle(title, width) {
    if (!title) return title;
    const parts = typeof title === "object" && !Array.isArray(title) ? Object.assign({}, title) : { text: title };
    if (parts.text && !parts.text.expr) parts.text = wrapped(parts.text, width / 9.5);
    if (parts.subtitle && !parts.subtitle.expr) parts.subtitle = wrapped(parts.subtitle, width / 7);
    return parts;
  }

  // Composed charts keep their size, and the reader scrolls; a single one becomes as narrow as the page.
  function canFit(spec) {
    const view = (spec.config && spec.config.view) || {};
    const planned = spec.width === undefined ? view.continuousWidth : spec.width;
    return (spec.mark || spec.layer) && typeof planned === "number";
  }

  function fitted(spec, width) {
    const fit = { type: "fit-x", contains: "padding" };
    const title = withWrappedTitle(spec.title, width - MENU);
    const config = Object.assign({}, spec.config);
    config.axis = Object.assign({ labelLimit: 180 }, config.axis);
    config.axis.labelLimit = Math.min(config.axis.labelLimit, 0.4 * width);
    if (width < NARROW) config.legend = Object.assign({}, config.legend, { columns: 2 });
    return Object.assign({}, spec, { width: width, autosize: fit, title: title, config: config });
  }

  function embed(place, spec) {
    const words = document.body.dataset;
    return vegaEmbed(place, spec, {
      mode: "vega-lite",
      renderer: "svg",
      actions: { export: true, source: false, compiled: false, editor: false },
      i18n: { PNG_ACTION: words.png, SVG_ACTION: words.svg },
    });
  }

  function drawn(place) {
    return place.querySelector("svg.marks");
  }

  function isCut(svg) {
    const content = svg.getBBox();
    return content.x < -MARGIN || content.x + content.width > svg.clientWidth + MARGIN;
  }

  async function draw(figure) {
    const source = figure.querySelector("script");
    if (!source) return;
    const live = figure.querySelector(".cw-live");
    const spec = JSON.parse(source.textContent);
    live.hidden = false;
    try {
      await embed(live, spec);
      if (drawn(live).clientWidth > figure.clientWidth && canFit(spec)) {
        await embed(live, fitted(spec, figure.clientWidth));
        if (isCut(drawn(live))) await embed(live, spec);
      }
      figure.classList.add("cw-drawn");
    } catch (error) {
      live.hidden = true;
      console.error(error);
    }
  }

  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.cw-folded").forEach(function (folded) { folded.open = true; });
  });
  document.querySelectorAll("figure.cw-chart").forEach(draw);
})();
