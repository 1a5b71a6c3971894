import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { kustomizationSchema, manifestSchema } from './manifest-schema.ts';

export const PROJECT = join(import.meta.dirname, '../../..');
const KUSTOMIZE = 'deploy/kustomize';

/** @returns the text of a file, by its path from the top of the project. */
export const readProjectFile = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');

/** All documents of a YAML file. @throws Error where YAML refuses or warns of something. */
export function readYaml(path: string): readonly unknown[] {
  return parseAllDocuments(readProjectFile(path)).map(document => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) throw new Error(`${path}: ${problem.message}`);
    return document.toJS() as unknown;
  });
}

const packageSchema = z.object({ version: z.string(), optionalDependencies: z.record(z.string(), z.string()) });

/** What the image and the manifests have to agree with in package.json. */
export const readPackage = (): z.infer<typeof packageSchema> =>
  packageSchema.parse(JSON.parse(readProjectFile('package.json')));

/** The names of the files in the kustomization's folder. */
export const manifestFiles = (): readonly string[] => readdirSync(join(PROJECT, KUSTOMIZE)).toSorted();

export const readKustomization = (): z.infer<typeof kustomizationSchema> =>
  kustomizationSchema.parse(readYaml(`${KUSTOMIZE}/kustomization.yaml`)[0]);

/** Every object of the kustomization, as its files say it. @throws ZodError at a field that is not expected there. */
export const readManifests = (): readonly z.infer<typeof manifestSchema>[] =>
  readKustomization().resources.flatMap(file =>
    readYaml(`${KUSTOMIZE}/${file}`).map(object => manifestSchema.parse(object)),
  );

/** The first object that is of this schema's kind. @throws ZodError where there is none. */
export const readManifest = <T>(schema: z.ZodType<T>): T =>
  schema.parse(readManifests().find(manifest => schema.safeParse(manifest).success));
