//! Icons drawn as strokes: sharp at every scale, and never a missing glyph.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2};

/// A picture of an action or a state. Each is drawn in a square of 16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A check mark: passed, understood, done.
    Check,
    /// A cross: failed, close, remove.
    Cross,
    /// A triangle with a mark: look here.
    Warning,
    /// A circle with an i.
    Info,
    /// A ring: not started.
    Ring,
    /// A filled dot: running.
    Dot,
    /// A dash: skipped.
    Dash,
    /// An open eye: show the secret.
    Eye,
    /// A closed eye: hide the secret.
    EyeClosed,
    /// Two sheets: copy.
    Copy,
    /// A plus: new.
    Plus,
    /// A magnifier: search.
    Search,
    /// A month: choose a date.
    Calendar,
    /// An arrow to the left: back, earlier.
    Left,
    /// An arrow to the right: forward, later.
    Right,
    /// A triangle pointing down: opened.
    Down,
    /// A padlock: lock.
    Lock,
    /// A box with an arrow out of it: opens the browser.
    External,
    /// A star: a favorite.
    Star,
}

impl Icon {
    /// Draws the icon in the largest centred square of `rect`.
    pub fn paint(self, painter: &Painter, rect: Rect, color: Color32) {
        let side = rect.width().min(rect.height());
        let square = Rect::from_center_size(rect.center(), egui::Vec2::splat(side));
        let pen = Pen { painter, square, stroke: Stroke::new((side / 16.0 * 1.6).max(1.2), color), color };
        pen.draw(self);
    }
}

struct Pen<'a> {
    painter: &'a Painter,
    square: Rect,
    stroke: Stroke,
    color: Color32,
}

impl Pen<'_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        let unit = self.square.width() / 16.0;
        pos2(self.square.left() + x * unit, self.square.top() + y * unit)
    }

    fn line(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        self.painter.add(Shape::line(points, self.stroke));
    }

    fn closed(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|&(x, y)| self.at(x, y)).collect();
        self.painter.add(Shape::closed_line(points, self.stroke));
    }

    fn ring(&self, x: f32, y: f32, radius: f32) {
        self.painter.circle_stroke(self.at(x, y), radius * self.square.width() / 16.0, self.stroke);
    }

    fn dot(&self, x: f32, y: f32, radius: f32) {
        self.painter.circle_filled(self.at(x, y), radius * self.square.width() / 16.0, self.color);
    }

    /// A star of five points, filled.
    fn star(&self, x: f32, y: f32, radius: f32) {
        let tip = |turn: usize| {
            let radius = if turn.is_multiple_of(2) { radius } else { radius * 0.45 };
            let angle = turn as f32 * std::f32::consts::TAU / 10.0;
            (x + radius * angle.sin(), y - radius * angle.cos())
        };
        let mut mesh = Mesh::default();
        mesh.colored_vertex(self.at(x, y), self.color);
        for turn in 0..10 {
            let (x, y) = tip(turn);
            mesh.colored_vertex(self.at(x, y), self.color);
            mesh.add_triangle(0, turn as u32 + 1, (turn as u32 + 1) % 10 + 1);
        }
        self.painter.add(mesh);
        self.closed(&std::array::from_fn::<_, 10, _>(tip));
    }

    fn draw(&self, icon: Icon) {
        match icon {
            Icon::Check => self.line(&[(3.0, 8.5), (6.5, 12.0), (13.0, 4.5)]),
            Icon::Cross => {
                self.line(&[(4.0, 4.0), (12.0, 12.0)]);
                self.line(&[(12.0, 4.0), (4.0, 12.0)]);
            }
            Icon::Warning => {
                self.closed(&[(8.0, 2.5), (14.2, 13.2), (1.8, 13.2)]);
                self.line(&[(8.0, 6.2), (8.0, 9.4)]);
                self.dot(8.0, 11.3, 0.9);
            }
            Icon::Info => {
                self.ring(8.0, 8.0, 6.2);
                self.line(&[(8.0, 7.4), (8.0, 11.2)]);
                self.dot(8.0, 5.0, 0.9);
            }
            Icon::Ring => self.ring(8.0, 8.0, 5.0),
            Icon::Dot => {
                self.ring(8.0, 8.0, 5.0);
                self.dot(8.0, 8.0, 2.6);
            }
            Icon::Dash => self.line(&[(4.0, 8.0), (12.0, 8.0)]),
            Icon::Eye | Icon::EyeClosed => {
                self.line(&[(1.5, 8.0), (4.2, 5.2), (8.0, 4.0), (11.8, 5.2), (14.5, 8.0)]);
                self.line(&[(1.5, 8.0), (4.2, 10.8), (8.0, 12.0), (11.8, 10.8), (14.5, 8.0)]);
                self.ring(8.0, 8.0, 2.0);
                if icon == Icon::EyeClosed {
                    self.line(&[(2.5, 13.5), (13.5, 2.5)]);
                }
            }
            Icon::Copy => {
                self.closed(&[(6.0, 5.5), (13.0, 5.5), (13.0, 13.5), (6.0, 13.5)]);
                self.line(&[(6.0, 10.5), (3.0, 10.5), (3.0, 2.5), (10.0, 2.5), (10.0, 5.5)]);
            }
            Icon::Plus => {
                self.line(&[(8.0, 3.0), (8.0, 13.0)]);
                self.line(&[(3.0, 8.0), (13.0, 8.0)]);
            }
            Icon::Search => {
                self.ring(7.0, 7.0, 4.2);
                self.line(&[(10.2, 10.2), (13.8, 13.8)]);
            }
            Icon::Calendar => {
                self.closed(&[(2.5, 4.0), (13.5, 4.0), (13.5, 13.5), (2.5, 13.5)]);
                self.line(&[(2.5, 7.2), (13.5, 7.2)]);
                self.line(&[(5.5, 2.2), (5.5, 5.0)]);
                self.line(&[(10.5, 2.2), (10.5, 5.0)]);
            }
            Icon::Left => self.line(&[(10.0, 3.5), (5.5, 8.0), (10.0, 12.5)]),
            Icon::Right => self.line(&[(6.0, 3.5), (10.5, 8.0), (6.0, 12.5)]),
            Icon::Down => self.line(&[(3.5, 6.0), (8.0, 10.5), (12.5, 6.0)]),
            Icon::Lock => {
                self.closed(&[(3.5, 7.2), (12.5, 7.2), (12.5, 13.8), (3.5, 13.8)]);
                self.line(&[(5.3, 7.2), (5.3, 4.6), (6.6, 2.8), (9.4, 2.8), (10.7, 4.6), (10.7, 7.2)]);
            }
            Icon::Star => self.star(8.0, 8.6, 6.0),
            Icon::External => {
                self.line(&[(9.0, 2.8), (13.2, 2.8), (13.2, 7.0)]);
                self.line(&[(13.2, 2.8), (7.6, 8.4)]);
                self.line(&[(7.0, 3.8), (3.0, 3.8), (3.0, 13.0), (12.2, 13.0), (12.2, 9.0)]);
            }
        }
    }
}
