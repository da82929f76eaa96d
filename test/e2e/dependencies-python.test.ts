import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipFile } from '../support/archives/raw-zip.ts';
import { deployWithPackages } from '../support/install-server.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  // All packages come from the uploads.
  server = await startServer({ installNetwork: 'none' });
});
afterAll(() => server.stop());

/** The least that pip takes for a wheel: a module and three descriptions. Source: PEP 427. */
function wheel(name: string, source: string): Uint8Array {
  const described = `${name}-1.0.dist-info`;
  const files = {
    [`${name}.py`]: source,
    [`${described}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
    [`${described}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${described}/RECORD`]: '',
  };
  return zipFile(Object.entries(files).map(([path, content]) => ({ name: path, content })));
}

/** A source package that builds itself, as whatever else would build it is not in the upload. Source: PEP 517. */
const buildBackend = `import zipfile

def build_wheel(directory, settings=None, metadata=None):
    name = 'counted-1.0-py3-none-any.whl'
    with zipfile.ZipFile(directory + '/' + name, 'w') as wheel:
        wheel.write('counted.py')
        wheel.writestr('counted-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: counted\\nVersion: 1.0\\n')
        wheel.writestr('counted-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        wheel.writestr('counted-1.0.dist-info/RECORD', '')
    return name
`;

describe.each(['python3.13', 'python3.11'])('a function for %s whose packages are installed', (runtime) => {
  const config = { runtime, handler: 'main.handler' };

  it('uses a package from a wheel in the upload', async () => {
    const { said } = await deployWithPackages(server, 'wheel', config, {
      'requirements.txt': './wheels/greet-1.0-py3-none-any.whl\n',
      'wheels/greet-1.0-py3-none-any.whl': wheel('greet', 'def greet(name):\n    return f"Hello {name}!"\n'),
      'main.py': 'from greet import greet\n\ndef handler(event, context):\n    return greet(event["name"])\n',
    });
    expect(said).toContain('Installing packages with pip.');
    expect(said).toContain('Successfully installed greet-1.0');
    expect(await server.client.invoke('wheel', { event: { name: 'Ada' } })).toMatchObject({ result: 'Hello Ada!' });
  });

  it('uses a package from a folder in the upload, which is built during the install', async () => {
    const { said } = await deployWithPackages(server, 'folder', config, {
      'requirements.txt': './packages/counted  # our own\n',
      'packages/counted/pyproject.toml':
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
      'packages/counted/backend.py': buildBackend,
      'packages/counted/counted.py': 'def count(items):\n    return len(items)\n',
      'main.py': 'from counted import count\n\ndef handler(event, context):\n    return count(event)\n',
    });
    expect(said).toContain('Successfully installed counted-1.0');
    expect(await server.client.invoke('folder', { event: [1, 2] })).toMatchObject({ result: 2 });
  });

  it('is refused without a list, and fails clearly on a list that cannot be satisfied', async () => {
    const main = { 'main.py': 'def handler(event, context):\n    return 1\n' };
    await expect(deployWithPackages(server, 'none', config, main)).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      message: expect.stringContaining('requirements.txt') as string,
    });
    const missing = { ...main, 'requirements.txt': './not-there.whl\n' };
    await expect(deployWithPackages(server, 'none', config, missing)).rejects.toMatchObject({
      code: 'DEPENDENCIES_FAILED',
      message: 'pip could not install the packages and ended with exit code 1; its last lines say why.',
      errors: expect.arrayContaining([
        { pointer: '/dependencies', message: expect.stringContaining('not-there.whl') as string },
      ]) as unknown,
    });
    await expect(server.client.show('none')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
  });
});
