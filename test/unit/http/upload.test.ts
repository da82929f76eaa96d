import { PassThrough, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Request } from 'express';
import { expect, it } from 'vitest';
import { readUpload, type UploadOptions } from '../../../src/http/upload.ts';

/** A client that has more to send, and waits. */
function sending(text: string): Request {
  const body = new PassThrough();
  body.write(text.replaceAll('\n', '\r\n'));
  return Object.assign(body, { headers: { 'content-type': 'multipart/form-data; boundary=x' } }) as unknown as Request;
}

const filePart = '--x\nContent-Disposition: form-data; name="file"; filename="main.mjs"\n\n';

/** Receives to the end of what comes, as the store does. */
async function receive(content: Readable): Promise<never> {
  await finished(content.resume());
  throw new Error('It came to an end');
}

const options: UploadOptions = {
  artifacts: { receive },
  limits: { files: 10, fileBytes: 1000, totalBytes: 1000 } as unknown as UploadOptions['limits'],
  maxBodyBytes: 200,
  documents: ['config'],
};

it('is refused at the first byte too many, while a file of it is being saved and more is to come', async () => {
  const request = sending(`${filePart}${'y'.repeat(50)}`);
  const upload = expect(readUpload(request, options)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  setImmediate(() => (request as unknown as PassThrough).write('y'.repeat(300)));
  await upload;
});

it('is refused at once for a part that there is not, while a file of it is being saved and more is to come', async () => {
  const text = `${filePart}y\n--x\nContent-Disposition: form-data; name="odd"\n\n1\n--x\nContent-Disposition: form-data; name="file"; filename="b"\n\nmore`;
  await expect(readUpload(sending(text), { ...options, maxBodyBytes: 2000 })).rejects.toMatchObject({
    code: 'INVALID_UPLOAD',
  });
});
