"use strict";
// Draws for each trace the RTT and the loss of a hop over time. All texts enter by textContent.
const traces = JSON.parse(document.getElementById("data").textContent);
const LOST = -1, UNREACHABLE = -5;

function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
function isLost(value) { return value === LOST || value === UNREACHABLE; }
function milliseconds(us) { return (us / 1000).toFixed(us < 10000 ? 2 : 1) + " ms"; }

function begin(trace, section) {
  const canvas = section.querySelector("canvas"), told = section.querySelector(".told");
  const from = section.querySelector(".from"), width = section.querySelector(".width");
  const rows = [...section.querySelectorAll("tr[data-hop]")];
  let chosen = trace.hops.length - 1, at = -1;

  function time(round) {
    return new Date(trace.ended_ms - (trace.rounds - 1 - round) * trace.interval_ms);
  }
  function range() {
    const span = Math.max(2, Math.round(trace.rounds * Number(width.value) / 100));
    const first = Math.round((trace.rounds - span) * Number(from.value) / 100);
    return [Math.max(0, first), Math.min(trace.rounds, Math.max(0, first) + span)];
  }
  function draw() {
    const scale = window.devicePixelRatio || 1, wide = canvas.clientWidth, high = canvas.clientHeight;
    canvas.width = wide * scale; canvas.height = high * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale); pen.clearRect(0, 0, wide, high);
    const hop = trace.hops[chosen];
    if (!hop || !trace.rounds) return;
    const [first, end] = range(), values = hop.rtts.slice(first, end);
    const top = Math.max(1, ...values) * 1.1, left = 56, bottom = high - 22, right = wide - 8;
    const x = (round) => left + (round - first + 0.5) * (right - left) / (end - first);
    const y = (us) => bottom - us * (bottom - 10) / top;
    pen.font = "12px system-ui, sans-serif"; pen.fillStyle = colour("--dim"); pen.strokeStyle = colour("--line");
    pen.textAlign = "right";
    for (let step = 0; step <= 4; step++) {
      const us = top * step / 4;
      pen.beginPath(); pen.moveTo(left, y(us)); pen.lineTo(right, y(us)); pen.stroke();
      pen.fillText((us / 1000).toFixed(1), left - 6, y(us) + 4);
    }
    pen.textAlign = "left"; pen.fillText(time(first).toLocaleTimeString(), left, high - 6);
    pen.textAlign = "right"; pen.fillText(time(end - 1).toLocaleTimeString(), right, high - 6);
    pen.fillStyle = colour("--bad");
    values.forEach((value, place) => {
      if (isLost(value)) pen.fillRect(x(first + place) - 1, bottom - 12, Math.max(1.5, (right - left) / (end - first)), 12);
    });
    pen.strokeStyle = colour("--mark");
    for (const [round] of trace.events) {
      if (round < first || round >= end) continue;
      pen.beginPath(); pen.moveTo(x(round), 10); pen.lineTo(x(round), bottom); pen.stroke();
    }
    pen.strokeStyle = colour("--curve"); pen.beginPath();
    let joined = false;
    values.forEach((value, place) => {
      if (value < 0) { joined = false; return; }
      if (joined) pen.lineTo(x(first + place), y(value)); else { pen.moveTo(x(first + place), y(value)); pen.lineTo(x(first + place) + 1, y(value)); }
      joined = true;
    });
    pen.stroke();
    if (at >= first && at < end) {
      pen.strokeStyle = colour("--fore"); pen.beginPath(); pen.moveTo(x(at), 10); pen.lineTo(x(at), bottom); pen.stroke();
    }
    tell(hop, first, end);
  }
  function tell(hop, first, end) {
    if (at >= first && at < end) {
      const value = hop.rtts[at];
      const what = value >= 0 ? milliseconds(value) : isLost(value) ? "lost" : "no probe";
      const event = trace.events.filter(([round]) => round === at).map(([, text]) => text).join("; ");
      told.textContent = `Hop ${hop.ttl} ${hop.host}, ${time(at).toLocaleString()}: ${what}${event ? `. ${event}` : ""}`;
      return;
    }
    const values = hop.rtts.slice(first, end), answered = values.filter((value) => value >= 0).sort((a, b) => a - b);
    const lost = values.filter(isLost).length, probes = lost + answered.length;
    const middle = answered.length ? `median ${milliseconds(answered[Math.floor((answered.length - 1) / 2)])}, ` : "";
    told.textContent = `Hop ${hop.ttl} ${hop.host}: ${middle}${lost} of ${probes} lost in what is shown`;
  }
  function choose(index) {
    chosen = index;
    rows.forEach((row) => row.classList.toggle("chosen", Number(row.dataset.hop) === index));
    draw();
  }
  rows.forEach((row) => {
    row.addEventListener("click", () => choose(Number(row.dataset.hop)));
    row.addEventListener("keydown", (event) => { if (event.key === "Enter") choose(Number(row.dataset.hop)); });
  });
  canvas.addEventListener("pointermove", (event) => {
    const [first, end] = range(), left = 56, right = canvas.clientWidth - 8;
    const share = (event.offsetX - left) / (right - left);
    at = share < 0 || share >= 1 ? -1 : first + Math.floor(share * (end - first));
    draw();
  });
  canvas.addEventListener("pointerleave", () => { at = -1; draw(); });
  for (const one of [from, width]) one.addEventListener("input", draw);
  window.addEventListener("resize", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  choose(chosen);
}
traces.forEach((trace, index) => begin(trace, document.getElementById(`trace-${index}`)));
document.documentElement.dataset.ready = "yes";
