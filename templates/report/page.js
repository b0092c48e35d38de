// Draws each chart in the place of its picture, fits it to a narrow window, furnishes its sliders, and opens folded
// tables for the printer.
(function () {
  "use strict";
  const NARROW = 480; // pixels under which a row of a legend would be cut
  const MARGIN = 4; // pixels that a chart's content may be measured beyond its edge and still be whole
  const MENU = 40; // pixels beside the title for the menu that saves the picture
  const PAUSE = 400; // milliseconds of rest before what a slider did is read out

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

  function made(kind, name, text) {
    const element = document.createElement(kind);
    element.className = name;
    element.textContent = text || "";
    return element;
  }

  // A slider tells its value in the chart's locale with its unit, and marks where it stands by default.
  function furnish(slider, param, unit, view) {
    const output = made("output", "cw-value");
    const show = function () {
      output.textContent = (view.locale().format(",.6~r")(view.signal(param.name)) + " " + unit).trim();
      slider.setAttribute("aria-valuetext", output.textContent);
    };
    const share = (param.value - param.bind.min) / (param.bind.max - param.bind.min);
    const track = made("span", "cw-track");
    track.style.setProperty("--default", share);
    slider.nextElementSibling.remove();
    slider.replaceWith(track);
    track.append(slider);
    track.after(output);
    view.addSignalListener(param.name, show);
    show();
  }

  function withReset(form, words, moved, view) {
    const reset = made("button", "cw-reset", words.reset);
    reset.type = "button";
    reset.addEventListener("click", function () {
      moved.forEach(function (param) { view.signal(param.name, param.value); });
      view.runAsync();
    });
    form.prepend(made("p", "cw-controls", words.title));
    form.append(reset);
  }

  // What the chart tells in large figures is read out too, when the sliders rest.
  function withStatus(live, moved, view) {
    const status = made("p", "cw-status");
    status.setAttribute("role", "status");
    live.append(status);
    let waiting;
    const tell = function () {
      const told = Array.from(live.querySelectorAll("svg.marks g[class*=' told_'] text"));
      status.textContent = told.map(function (text) { return text.textContent; }).join("; ");
    };
    moved.forEach(function (param) {
      view.addSignalListener(param.name, function () {
        clearTimeout(waiting);
        waiting = setTimeout(tell, PAUSE);
      });
    });
  }

  function withControls(live, spec, view) {
    const form = live.querySelector(".vega-bindings");
    const words = (spec.usermeta || {}).controls;
    if (!form || !words) return;
    const moved = spec.params.filter(function (param) { return param.bind; });
    moved.forEach(function (param) {
      const slider = form.querySelector("input[name='" + param.name + "']");
      furnish(slider, param, words.units[param.name] || "", view);
    });
    withReset(form, words, moved, view);
    withStatus(live, moved, view);
  }

  async function draw(figure) {
    const source = figure.querySelector("script");
    if (!source) return;
    const live = figure.querySelector(".cw-live");
    const spec = JSON.parse(source.textContent);
    live.hidden = false;
    try {
      let shown = await embed(live, spec);
      if (drawn(live).clientWidth > figure.clientWidth && canFit(spec)) {
        shown = await embed(live, fitted(spec, figure.clientWidth));
        if (isCut(drawn(live))) shown = await embed(live, spec);
      }
      withControls(live, spec, shown.view);
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
