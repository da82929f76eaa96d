import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ArtifactHash } from '../../src/artifacts/artifact-hash.ts';
import { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { removeTree } from '../../src/artifacts/remove-tree.ts';
import type { SharedCode } from '../../src/artifacts/shared-code.ts';
import { defaultArtifactLimits, type UploadedFile } from '../../src/artifacts/upload.ts';
import { listTree, uploaded } from '../support/archives/temporary-store.ts';
import { draft } from '../unit/store/drafts.ts';
import { temporaryDirectory } from '../unit/store/temporary-store.ts';
import { otherClient, storeOn, temporaryDatabase } from './places.ts';

const dayMs = 86_400_000;

async function artifactsOn(code: SharedCode | undefined): Promise<ArtifactStore & { readonly directory: string }> {
  const directory = await temporaryDirectory();
  const store = new ArtifactStore(directory, defaultArtifactLimits, code);
  await store.open();
  onTestFinished(() => removeTree(directory));
  return Object.assign(store, { directory });
}

async function commit(store: ArtifactStore, files: readonly UploadedFile[]): Promise<ArtifactHash> {
  const staged = await store.stage(files, { language: 'other' });
  await staged.commit();
  return staged.hash;
}

const large = randomBytes(3_500_000);
const files = (): readonly UploadedFile[] => [
  uploaded('main.mjs', 'export const handler = () => 1;'),
  uploaded('bin/run', '#!/bin/sh', true),
  uploaded('empty'),
  uploaded(`${'folder/'.repeat(20)}${'é'.repeat(60)}.bin`, large),
];

describe('code in a database that servers share', () => {
  it('comes to a server that does not have it, byte for byte, once for all who ask at the same time', async () => {
    const url = await temporaryDatabase();
    const one = await artifactsOn((await storeOn(url)).shared?.code);
    const hash = await commit(one, files());
    const other = await artifactsOn((await storeOn(url)).shared?.code);
    expect(await other.has(hash)).toBe(false);
    await Promise.all([other.bring(hash), other.bring(hash), other.bring(hash)]);
    expect(await listTree(other.directoryOf(hash))).toStrictEqual(await listTree(one.directoryOf(hash)));
    expect(await readdir(join(other.directory, 'staging'))).toStrictEqual([]);
  });

  it('can be put by two servers at once, and again later', async () => {
    const url = await temporaryDatabase();
    const [one, two] = await Promise.all([storeOn(url), storeOn(url)]);
    const stores = await Promise.all([artifactsOn(one.shared?.code), artifactsOn(two.shared?.code)]);
    const [hash] = await Promise.all(stores.map((store) => commit(store, files())));
    if (hash === undefined) throw new Error('nothing was put');
    await Promise.all(stores.map((store) => commit(store, files())));
    const other = await artifactsOn(two.shared?.code);
    await other.bring(hash);
    expect(await other.has(hash)).toBe(true);
  });

  it('is put anew when an earlier attempt stopped half-way', async () => {
    const url = await temporaryDatabase();
    const store = await storeOn(url);
    const client = await otherClient(url);
    const one = await artifactsOn(store.shared?.code);
    const hash = await commit(one, files());
    await client.query('delete from artifact_parts where part in (0, 3)');
    const other = await artifactsOn(store.shared?.code);
    await expect(other.bring(hash)).rejects.toMatchObject({ code: 'SANDBOX_START_FAILED' });
    await commit(one, files());
    await other.bring(hash);
    expect(await other.has(hash)).toBe(true);
  });

  it('is not believed when it is damaged', async () => {
    const url = await temporaryDatabase();
    const store = await storeOn(url);
    const hash = await commit(await artifactsOn(store.shared?.code), files());
    const client = await otherClient(url);
    await client.query(
      `update artifact_parts set bytes = overlay(bytes placing '\\x00'::bytea from 700000) where part = 2`,
    );
    const other = await artifactsOn(store.shared?.code);
    await expect(other.bring(hash)).rejects.toMatchObject({ code: 'SANDBOX_START_FAILED' });
    expect(await other.has(hash)).toBe(false);
    expect(await readdir(join(other.directory, 'staging'))).toStrictEqual([]);
  });

  it('goes when nothing refers to it, a day after it was put last', async () => {
    const url = await temporaryDatabase();
    const store = await storeOn(url);
    const code = store.shared?.code;
    const one = await artifactsOn(code);
    const used = await commit(one, [uploaded('main.mjs', 'used')]);
    const unused = await commit(one, [uploaded('main.mjs', 'unused')]);
    await store.functions.publish({ ...draft('hello'), artifactHash: used });
    expect(await code?.collect(dayMs)).toBe(0);
    expect(await code?.collect(-1000)).toBe(1);
    const other = await artifactsOn(code);
    await other.bring(used);
    await expect(other.bring(unused)).rejects.toMatchObject({ code: 'SANDBOX_START_FAILED' });
    await store.functions.remove('hello');
    expect(await code?.collect(-1000)).toBe(1);
  });

  it('is nowhere for a server of its own that has lost it', async () => {
    const alone = await artifactsOn(undefined);
    const hash = await commit(alone, files());
    await alone.bring(hash);
    await removeTree(join(alone.directory, 'artifacts', hash));
    await expect(alone.bring(hash)).rejects.toThrow(/lost or damaged: deploy the function again/);
  });
});
