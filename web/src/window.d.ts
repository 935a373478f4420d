import type { EditorView } from '@codemirror/view';
import type Quill from 'quill';
import type { Document, TuttiClient } from 'tutti-client';

declare global {
  interface Window {
    /** For tests and for the curious. */
    tuttiDemo: { client: TuttiClient; document: Document; view?: EditorView; quill?: Quill };
  }
}
