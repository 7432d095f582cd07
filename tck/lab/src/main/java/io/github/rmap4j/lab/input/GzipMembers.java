package io.github.rmap4j.lab.input;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Decompresses a gzip file, which may have several members. Unlike {@link GZIPInputStream} it does not take something else
 * after the last member for the end of the file.
 */
final class GzipMembers extends InputStream {
    static final int MAGIC_1 = 0x1f;
    static final int MAGIC_2 = 0x8b;

    private final PushbackInputStream in;
    private final int buffer;
    private Member member;

    GzipMembers(InputStream in, int buffer) throws IOException {
        this.in = new PushbackInputStream(in, buffer);
        this.buffer = buffer;
        this.member = new Member(this.in, buffer);
    }

    /** One member, or several of which GZIPInputStream saw that they follow each other. */
    private static final class Member extends GZIPInputStream {
        private static final int TRAILER = 8;

        Member(InputStream in, int buffer) throws IOException {
            super(new Unannounced(in), buffer);
        }

        /** Gives back what it has read beyond its end. */
        void unread(PushbackInputStream source) throws IOException {
            int behind = Math.max(0, inf.getRemaining() - TRAILER);
            source.unread(buf, len - behind, behind);
        }
    }

    /** Hides how much there is: GZIPInputStream would read from it after its end and lose what is no other member. */
    private static final class Unannounced extends FilterInputStream {
        Unannounced(InputStream in) {
            super(in);
        }

        @Override
        public int available() {
            return 0;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = member.read(bytes, offset, length);
        while (read < 0) {
            member.unread(in);
            int next = in.read();
            if (next < 0) {
                return -1;
            }
            if (next != MAGIC_1) {
                throw new ZipException("something else after its end");
            }
            in.unread(next);
            member = new Member(in, buffer);
            read = member.read(bytes, offset, length);
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        member.close();
    }
}
