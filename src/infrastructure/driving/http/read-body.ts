import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { QueueError } from '../../../application/errors.ts';

/** In a piece of its own, each byte costs the process far more than it costs the client. A network splits 16 KiB into 12 pieces. */
const MAX_PIECES = 256;

/**
 * Reads a body as text. Keeps the text alone: a kept piece would hold the whole packet that it came in.
 *
 * @param limit bytes
 * @param done gets the text, or the error `PAYLOAD_TOO_LARGE`
 */
export function readBody(
  payload: IncomingMessage,
  limit: number,
  done: (error: Error | null, text: string) => void,
): void {
  const declared = Number(payload.headers['content-length']);
  let [bytes, pieces, text] = [0, 0, ''];
  let decoder: StringDecoder | undefined;
  const end = (error: Error | null): void => {
    payload.off('data', take).off('end', finish).off('error', end);
    done(error, text);
  };
  const finish = (): void => {
    text += decoder?.end() ?? '';
    end(null);
  };
  const take = (piece: Buffer): void => {
    bytes += piece.length;
    pieces += 1;
    if (bytes > limit || pieces > MAX_PIECES) {
      end(tooLarge(limit));
      return;
    }
    // Most bodies come in one piece.
    if (bytes === declared && pieces === 1) text = piece.toString();
    else text += (decoder ??= new StringDecoder('utf8')).write(piece);
  };
  if (declared > limit) end(tooLarge(limit));
  else payload.on('data', take).once('end', finish).once('error', end);
}

function tooLarge(limit: number): QueueError {
  const detail = `The body must not be larger than ${limit} bytes, and must not arrive in more than ${MAX_PIECES} pieces.`;
  return new QueueError('PAYLOAD_TOO_LARGE', detail);
}
