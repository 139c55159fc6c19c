//! The part of a connection before STARTTLS: no reply is read further than its line, so that nothing which was put
//! behind it in clear is ever taken for what came encrypted (RFC 3207, section 6).
//!
//! The library keeps what it has read over the change to TLS. Here it gets one line a read until the handshake begins;
//! whatever stands behind the answer to STARTTLS then meets the handshake, which has no use for it and fails.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How a TLS handshake begins (RFC 8446, section 5.1); no SMTP command does.
const HANDSHAKE: u8 = 22;

/// A connection that is to be encrypted.
#[derive(Debug)]
pub(super) struct ClearText {
    stream: TcpStream,
    /// The handshake has begun: everything goes through as it is.
    ended: bool,
}

impl ClearText {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, ended: false }
    }

    /// Looks at what is about to be written.
    fn heed(&mut self, bytes: &[u8]) {
        self.ended |= bytes.first() == Some(&HANDSHAKE);
    }
}

impl AsyncRead for ClearText {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ended {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        // what is only looked at stays with the operating system
        let room = buffer.initialize_unfilled();
        let mut seen = ReadBuf::new(room);
        ready!(self.stream.poll_peek(context, &mut seen))?;
        let seen = seen.filled();
        let line = seen.iter().position(|byte| *byte == b'\n').map_or(seen.len(), |end| end + 1);
        let mut line = buffer.take(line);
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut line));
        let count = line.filled().len();
        read?;
        buffer.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ClearText {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.heed(bytes);
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let Some(first) = slices.iter().find(|slice| !slice.is_empty()) {
            self.heed(first);
        }
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncTokioStream for ClearText {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}
