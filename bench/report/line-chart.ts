// A line chart in SVG with logarithmic axes, as a group that can be placed anywhere in a picture.

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
}

export const CHART_WIDTH = 520;
export const CHART_HEIGHT = 440;
const LEFT = 60;
const TOP = 40;
const RIGHT = 36;
/** Room for the axis and, under it, five series by name. */
const BOTTOM = 130;
const LEGEND_LINE = 16;
/** Told apart by those who do not see all colours, too (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const label = (x: number, y: number, text: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped(text)}</text>`;

/** A logarithmic axis over whole powers of ten. */
class Axis {
  readonly #from: number;
  readonly #to: number;
  readonly #place: (share: number) => number;

  constructor(values: readonly number[], place: (share: number) => number) {
    this.#from = Math.floor(Math.log10(Math.min(...values)));
    this.#to = Math.max(this.#from + 1, Math.ceil(Math.log10(Math.max(...values))));
    this.#place = place;
  }

  at(value: number): number {
    return this.#place((Math.log10(value) - this.#from) / (this.#to - this.#from));
  }

  get ticks(): readonly number[] {
    return Array.from({ length: this.#to - this.#from + 1 }, (_, n) => 10 ** (this.#from + n));
  }
}

const tickText = (value: number): string =>
  value >= 1 ? value.toLocaleString('en-US') : String(Number(value.toPrecision(1)));

/** The chart as an SVG group of CHART_WIDTH x CHART_HEIGHT; points that are not above zero are left out. */
export function lineChart({ title, xLabel, yLabel, series }: Chart): string {
  const drawn = series.map(({ name, points }) => ({ name, points: points.filter(([x, y]) => x > 0 && y > 0) }));
  const all = drawn.flatMap(({ points }) => points);
  const head = label(CHART_WIDTH / 2, 20, title, 'text-anchor="middle" font-weight="bold"');
  if (!all.length) return `<g>${head}</g>`;
  const [right, bottom] = [CHART_WIDTH - RIGHT, CHART_HEIGHT - BOTTOM];
  const x = new Axis(
    all.map(point => point[0]),
    share => LEFT + share * (right - LEFT),
  );
  const y = new Axis(
    all.map(point => point[1]),
    share => bottom - share * (bottom - TOP),
  );
  const line = (x1: number, y1: number, x2: number, y2: number): string =>
    `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#ddd"/>`;
  const parts = [
    head,
    ...x.ticks.flatMap(tick => [
      line(x.at(tick), TOP, x.at(tick), bottom),
      label(x.at(tick), bottom + 16, tickText(tick), 'text-anchor="middle"'),
    ]),
    ...y.ticks.flatMap(tick => [
      line(LEFT, y.at(tick), right, y.at(tick)),
      label(LEFT - 6, y.at(tick) + 4, tickText(tick), 'text-anchor="end"'),
    ]),
    label((LEFT + right) / 2, bottom + 36, xLabel, 'text-anchor="middle"'),
    label(LEFT, TOP - 6, yLabel),
    ...drawn.map(({ name, points }, n) =>
      curve(
        points.map(([px, py]) => [x.at(px), y.at(py)]),
        name,
        n,
      ),
    ),
  ];
  return `<g>${parts.join('\n')}</g>`;
}

function curve(points: readonly (readonly [number, number])[], name: string, n: number): string {
  const colour = COLOURS[n % COLOURS.length] ?? '';
  const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const dots = points.map(([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="${colour}"/>`);
  const legend = CHART_HEIGHT - BOTTOM + 58 + n * LEGEND_LINE;
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...dots,
    `<rect x="${LEFT + 8}" y="${legend - 8}" width="12" height="4" fill="${colour}"/>`,
    label(LEFT + 26, legend, name),
  ].join('');
}
