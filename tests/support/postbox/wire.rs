//! `Wire`: one connection's bytes, plain or encrypted, perhaps over a simulated distance. Replies are gathered and
//! written when the postbox would otherwise wait for the client (RFC 2920, section 3.2). Every wait ends when the
//! postbox stops.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::records::lock;

/// Tells every thread of a postbox to end.
#[derive(Clone, Default)]
pub(super) struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    pub(super) fn raise(&self) {
        *lock(&self.0.0) = true;
        self.0.1.notify_all();
    }

    pub(super) fn is_raised(&self) -> bool {
        *lock(&self.0.0)
    }

    /// Sleeps; an error if the postbox stops meanwhile.
    pub(super) fn sleep(&self, duration: Duration) -> io::Result<()> {
        let (raised, changed) = &*self.0;
        let waited = changed.wait_timeout_while(lock(raised), duration, |raised| !*raised);
        let (raised, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *raised { Err(io::Error::other("the postbox stops")) } else { Ok(()) }
    }
}

/// A connection with its buffers.
pub(super) struct Wire {
    reader: BufReader<Outlet>,
    stop: Stop,
}

impl Wire {
    /// `round_trip` is the time that a command and its reply need together; it is spent on the command's way.
    pub(super) fn new(tcp: TcpStream, round_trip: Duration, stop: Stop) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        let socket = if round_trip.is_zero() {
            Socket::Near(tcp)
        } else {
            stop.sleep(round_trip)?;
            Socket::Far(DelayLine::new(tcp, round_trip, stop.clone())?)
        };
        let outlet = Outlet { channel: Channel::Plain(socket), waiting: Vec::new(), round_trips: 0 };
        Ok(Self { reader: BufReader::with_capacity(64 * 1024, outlet), stop })
    }

    /// One line with its line break; empty when the client has gone.
    pub(super) fn line(&mut self, line: &mut Vec<u8>) -> io::Result<usize> {
        self.reader.read_until(b'\n', line)
    }

    /// Exactly so many bytes.
    pub(super) fn bytes(&mut self, count: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
        let read = (&mut self.reader).take(count).read_to_end(bytes)?;
        if read as u64 == count { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// How many bytes the client sent ahead.
    pub(super) fn ahead(&self) -> usize {
        self.reader.buffer().len()
    }

    /// Gathers a reply.
    pub(super) fn reply(&mut self, bytes: &[u8]) {
        self.reader.get_mut().waiting.extend_from_slice(bytes);
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.reader.get_mut().flush_waiting()
    }

    /// How often the postbox answered and then had to wait for the client.
    pub(super) fn round_trips(&self) -> usize {
        self.reader.get_ref().round_trips
    }

    /// Goes on encrypted. What was sent ahead in the clear is dropped and counted (RFC 3207, section 5).
    pub(super) fn encrypt(&mut self, config: &Arc<ServerConfig>) -> io::Result<usize> {
        self.flush()?;
        let injected = self.ahead();
        self.reader.consume(injected);
        let channel = &mut self.reader.get_mut().channel;
        let Channel::Plain(socket) = mem::replace(channel, Channel::Closed) else {
            return Err(io::Error::other("already encrypted"));
        };
        let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, socket);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        *channel = Channel::Encrypted(Box::new(stream));
        Ok(injected)
    }

    /// Closes so that the client can still read the last replies: says that it ends, and waits a while for the
    /// client to end too, since a connection closed over unread bytes is reset.
    pub(super) fn close(&mut self) -> io::Result<()> {
        self.flush()?;
        let outlet = self.reader.get_mut();
        if let Channel::Encrypted(stream) = &mut outlet.channel {
            stream.conn.send_close_notify();
            stream.flush()?;
        }
        let Some(tcp) = outlet.tcp() else { return Ok(()) };
        tcp.shutdown(Shutdown::Write)?;
        tcp.set_read_timeout(Some(Duration::from_millis(500)))?;
        let until = Instant::now() + Duration::from_secs(1);
        let mut rest = [0; 4096];
        while Instant::now() < until && !self.stop.is_raised() && outlet.read(&mut rest)? > 0 {}
        Ok(())
    }
}

/// The stream below the buffer of what was read; holds the buffer of what is to be written.
struct Outlet {
    channel: Channel,
    waiting: Vec<u8>,
    round_trips: usize,
}

impl Outlet {
    fn flush_waiting(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        match &mut self.channel {
            Channel::Plain(socket) => socket.write_all(&self.waiting)?,
            Channel::Encrypted(stream) => {
                stream.write_all(&self.waiting)?;
                stream.flush()?;
            }
            Channel::Closed => {}
        }
        self.waiting.clear();
        Ok(())
    }

    fn tcp(&self) -> Option<&TcpStream> {
        match &self.channel {
            Channel::Plain(socket) => Some(socket.tcp()),
            Channel::Encrypted(stream) => Some(stream.sock.tcp()),
            Channel::Closed => None,
        }
    }
}

impl Read for Outlet {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.waiting.is_empty() {
            self.flush_waiting()?;
            self.round_trips += 1;
        }
        match &mut self.channel {
            Channel::Plain(socket) => socket.read(buffer),
            Channel::Encrypted(stream) => stream.read(buffer),
            Channel::Closed => Ok(0),
        }
    }
}

enum Channel {
    Plain(Socket),
    Encrypted(Box<StreamOwned<ServerConnection, Socket>>),
    /// While a handshake is under way, and after one that failed.
    Closed,
}

enum Socket {
    Near(TcpStream),
    Far(DelayLine),
}

impl Socket {
    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Near(tcp) => tcp,
            Self::Far(line) => &line.tcp,
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Near(tcp) => tcp.read(buffer),
            Self::Far(line) => line.read(buffer),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut tcp = self.tcp();
        tcp.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A long way: every byte arrives a fixed time after it was sent, and any number may be under way.
struct DelayLine {
    tcp: TcpStream,
    arriving: Receiver<(Instant, Vec<u8>)>,
    arrived: Vec<u8>,
    stop: Stop,
    carrier: Option<JoinHandle<()>>,
}

impl DelayLine {
    fn new(tcp: TcpStream, delay: Duration, stop: Stop) -> io::Result<Self> {
        let (sender, arriving) = mpsc::channel();
        let mut source = tcp.try_clone()?;
        let carrier = thread::spawn(move || {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = source.read(&mut buffer) {
                if sender.send((Instant::now() + delay, buffer[..count].to_vec())).is_err() {
                    break;
                }
            }
        });
        Ok(Self { tcp, arriving, arrived: Vec::new(), stop, carrier: Some(carrier) })
    }
}

impl Read for DelayLine {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.arrived.is_empty() {
            let Ok((due, bytes)) = self.arriving.recv() else { return Ok(0) };
            self.stop.sleep(due.saturating_duration_since(Instant::now()))?;
            self.arrived = bytes;
        }
        let count = self.arrived.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.arrived[..count]);
        self.arrived.drain(..count);
        Ok(count)
    }
}

impl Drop for DelayLine {
    fn drop(&mut self) {
        let _ = self.tcp.shutdown(Shutdown::Both);
        if let Some(carrier) = self.carrier.take() {
            let _ = carrier.join();
        }
    }
}
