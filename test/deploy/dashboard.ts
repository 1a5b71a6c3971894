import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PROJECT } from './tools.ts';

const datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const gridPos = z.strictObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() });
const target = z.looseObject({ refId: z.string(), datasource, expr: z.string().min(1), legendFormat: z.string() });
const row = z.looseObject({ id: z.int(), type: z.literal('row'), title: z.string().min(1), gridPos });
const panel = z.looseObject({
  id: z.int(),
  type: z.enum(['stat', 'timeseries']),
  title: z.string().min(1),
  description: z.string().min(1),
  datasource,
  gridPos,
  targets: z.array(target).min(1),
});
const dashboardSchema = z.looseObject({
  uid: z.literal('sluice'),
  title: z.string(),
  schemaVersion: z.int().min(39),
  templating: z.strictObject({
    list: z.array(z.looseObject({ name: z.string(), type: z.string(), definition: z.string().optional() })),
  }),
  panels: z.array(z.union([row, panel])),
});

export type Dashboard = z.infer<typeof dashboardSchema>;

/** The dashboard of deploy/monitoring. @throws ZodError where it is not of the form that Grafana reads */
export const readDashboard = (): Dashboard =>
  dashboardSchema.parse(JSON.parse(readFileSync(join(PROJECT, 'deploy/monitoring/dashboard.json'), 'utf8')));

/** Every query of its panels, with Grafana's variables as if all were chosen. */
export const queriesOf = ({ panels }: Dashboard): readonly { readonly panel: string; readonly query: string }[] =>
  panels.flatMap(one =>
    'targets' in one && Array.isArray(one.targets)
      ? panel.parse(one).targets.map(({ expr }) => ({ panel: one.title, query: withoutVariables(expr) }))
      : [],
  );

const withoutVariables = (query: string): string =>
  query.replaceAll('$__rate_interval', '5m').replaceAll(/\$(?:cluster|instance)\b/g, '.*');
