//! Turns egui's shapes into pixels and gives them to the window system.

use std::num::NonZeroU32;
use std::rc::Rc;

use a365_password_tool::raster::{Canvas, PixelRect, Rasterizer, unpack};
use egui::epaint::{ClippedShape, ImageDelta};
use egui::{Color32, ColorImage, TexturesDelta};
use winit::dpi::PhysicalSize;
use winit::event_loop::OwnedDisplayHandle;
use winit::window::Window;

use super::WindowError;
use super::damage::changed_parts;
use super::draw::{Frame, draw};

type Surface = softbuffer::Surface<OwnedDisplayHandle, Rc<Window>>;

/// The window's pixels.
pub(super) struct Painter {
    surface: Surface,
    rasterizer: Rasterizer,
    /// What the pixels show, to draw it again when they are lost and to see what changed.
    shown: Vec<ClippedShape>,
    pixels_per_point: f32,
    background: Color32,
    size: PhysicalSize<u32>,
    /// The screen may show something else than our pixels: hand over all of them next time.
    screen_is_stale: bool,
}

impl Painter {
    /// Pixels for `window`.
    pub(super) fn new(display: OwnedDisplayHandle, window: Rc<Window>) -> Result<Painter, WindowError> {
        let context = softbuffer::Context::new(display)?;
        let surface = Surface::new(&context, window)?;
        Ok(Painter {
            surface,
            rasterizer: Rasterizer::default(),
            shown: Vec::new(),
            pixels_per_point: 1.0,
            background: Color32::BLACK,
            size: PhysicalSize::new(0, 0),
            screen_is_stale: true,
        })
    }

    /// The screen may have lost our pixels.
    pub(super) fn forget_screen(&mut self) {
        self.screen_is_stale = true;
    }

    /// Takes over new glyphs and pictures of a frame that is not drawn.
    pub(super) fn keep_textures(&mut self, textures: &mut TexturesDelta) {
        if replaces_pictures(textures) {
            // No size is the same as this one: all is drawn again when the window shows.
            self.size = PhysicalSize::new(0, 0);
        }
        self.rasterizer.set_textures(textures);
        self.rasterizer.free_textures(textures);
        self.screen_is_stale = true;
    }

    /// Draws a frame and shows it: only where it differs from the one before, and nothing when it does not.
    pub(super) fn paint(
        &mut self,
        ctx: &egui::Context,
        size: PhysicalSize<u32>,
        shapes: Vec<ClippedShape>,
        textures: &mut TexturesDelta,
        pixels_per_point: f32,
    ) -> Result<(), WindowError> {
        if replaces_pictures(textures) {
            self.size = PhysicalSize::new(0, 0);
        }
        self.rasterizer.set_textures(textures);
        let painted = self.paint_shapes(ctx, size, shapes, pixels_per_point);
        self.rasterizer.free_textures(textures);
        painted
    }

    fn paint_shapes(
        &mut self,
        ctx: &egui::Context,
        size: PhysicalSize<u32>,
        shapes: Vec<ClippedShape>,
        pixels_per_point: f32,
    ) -> Result<(), WindowError> {
        let (Some(width), Some(height)) = (NonZeroU32::new(size.width), NonZeroU32::new(size.height)) else {
            return Ok(());
        };
        let background = ctx.global_style().visuals.panel_fill;
        let window = PixelRect::whole(size.width, size.height);
        let comparable =
            self.size == size && self.pixels_per_point == pixels_per_point && self.background == background;
        self.size = size;
        self.pixels_per_point = pixels_per_point;
        self.background = background;
        self.surface.resize(width, height)?;
        let mut buffer = self.surface.buffer_mut()?;
        let parts = if comparable && buffer.age() == 1 {
            changed_parts(&self.shown, &shapes, pixels_per_point, window)
        } else {
            vec![window]
        };
        self.shown = shapes;
        if parts.is_empty() && !self.screen_is_stale {
            return Ok(());
        }
        let frame = Frame { shapes: &self.shown, pixels_per_point, background };
        draw(&self.rasterizer, ctx, &frame, &parts, &mut Canvas::new(&mut buffer, size.width as usize));
        if std::mem::take(&mut self.screen_is_stale) {
            buffer.present()?;
        } else {
            let parts: Vec<softbuffer::Rect> = parts.iter().filter_map(on_surface).collect();
            buffer.present_with_damage(&parts)?;
        }
        Ok(())
    }

    /// Shows the last frame again, because the window system lost it.
    pub(super) fn present_all(&mut self, ctx: &egui::Context) -> Result<(), WindowError> {
        if self.size.width == 0 || self.size.height == 0 {
            return Ok(());
        }
        {
            let buffer = self.surface.buffer_mut()?;
            if buffer.age() > 0 {
                buffer.present()?;
                return Ok(());
            }
        }
        self.screen_is_stale = true;
        let shown = std::mem::take(&mut self.shown);
        self.paint(ctx, self.size, shown, &mut TexturesDelta::default(), self.pixels_per_point)
    }

    /// The picture as it was last drawn.
    pub(super) fn picture(&mut self) -> Option<ColorImage> {
        let size = [self.size.width as usize, self.size.height as usize];
        let buffer = self.surface.buffer_mut().ok()?;
        let pixels: Vec<Color32> = buffer.iter().map(|pixel| unpack(pixel | 0xff00_0000)).collect();
        (pixels.len() == size[0] * size[1] && !pixels.is_empty()).then(|| ColorImage::new(size, pixels))
    }
}

/// Whether pictures change that shapes already show. New glyphs in the font's picture do not: they take free places.
fn replaces_pictures(textures: &TexturesDelta) -> bool {
    let replaces = |deltas: &[ImageDelta]| deltas.iter().any(|delta| delta.pos.is_none());
    textures.set.iter().any(|(id, deltas)| replaces(deltas) || *id != egui::TextureId::default())
}

fn on_surface(part: &PixelRect) -> Option<softbuffer::Rect> {
    Some(softbuffer::Rect {
        x: part.left,
        y: part.top,
        width: NonZeroU32::new(part.right - part.left)?,
        height: NonZeroU32::new(part.bottom - part.top)?,
    })
}
