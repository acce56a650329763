import { at, every, type Manifest, textAt } from './manifests.ts';

/** What the manifests say to one another, and to the code, that does not hold. */
export function brokenReferences(
  manifests: readonly Manifest[],
  settings: readonly string[],
  version: string,
): readonly string[] {
  const of = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
  const deployments = of('Deployment');
  const wrong: string[] = [];
  const expect = (holds: boolean, manifest: Manifest, words: string) => {
    if (!holds) wrong.push(`${manifest.file}: ${manifest.kind} ${manifest.name}: ${words}`);
  };

  for (const manifest of [...of('ConfigMap'), ...of('Secret')]) {
    const names = Object.keys(Object(at(manifest.body, 'data') ?? at(manifest.body, 'stringData')));
    for (const name of names) expect(settings.includes(name), manifest, `there is no setting ${name}`);
  }
  for (const manifest of deployments) {
    const labels = at(manifest.body, 'spec', 'template', 'metadata', 'labels');
    expect(matches(at(manifest.body, 'spec', 'selector', 'matchLabels'), labels), manifest, 'does not select its pods');
  }
  for (const manifest of [...of('PodDisruptionBudget'), ...of('Service')]) {
    const selector = at(manifest.body, 'spec', 'selector', 'matchLabels') ?? at(manifest.body, 'spec', 'selector');
    const selected = deployments.filter(({ body }) =>
      matches(selector, at(body, 'spec', 'template', 'metadata', 'labels')),
    );
    expect(selected.length === 1, manifest, `selects ${selected.length} deployments`);
  }
  for (const manifest of of('HorizontalPodAutoscaler')) {
    const target = textAt(manifest.body, 'spec', 'scaleTargetRef', 'name');
    const scaled = deployments.find(({ name }) => name === target);
    expect(scaled !== undefined, manifest, `scales ${target}, which is not there`);
    expect(at(scaled?.body, 'spec', 'replicas') === undefined, manifest, `${target} names its replicas as well`);
  }
  for (const manifest of manifests) {
    for (const [kind, key] of [
      ['ConfigMap', 'configMapRef'],
      ['Secret', 'secretRef'],
    ] as const)
      for (const reference of every(manifest.body, key)) {
        const name = textAt(reference, 'name');
        expect(
          of(kind).some((one) => one.name === name),
          manifest,
          `there is no ${kind} ${name}`,
        );
      }
    for (const image of every(manifest.body, 'image'))
      expect(image === `concert-queue:${version}`, manifest, `runs ${String(image)}, not version ${version}`);
  }
  return wrong;
}

function matches(selector: unknown, labels: unknown): boolean {
  const wanted = Object.entries(Object(selector));
  return wanted.length > 0 && wanted.every(([name, value]) => at(labels, name) === value);
}
