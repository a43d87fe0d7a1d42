//! What holds for every picture, whatever its meshes are.

use egui::epaint::{ClippedPrimitive, ColorImage, ImageDelta, Primitive, Vertex};
use egui::{Color32, Mesh, Pos2, Rect, TextureId, TextureOptions, TexturesDelta, pos2, vec2};
use proptest::prelude::*;

use super::pixel::over;
use super::rectangle::Quad;
use super::*;

const WIDTH: usize = 40;
const HEIGHT: usize = 30;
const BACKGROUND: u32 = 0xff20_4060;
/// Side of the texture, in texels.
const SIDE: usize = 16;

/// White in its first texel, as the font's atlas is, and something else in every other one.
fn texels() -> ImageDelta {
    let texel = |index: usize| match index {
        0 => Color32::WHITE,
        1..100 => Color32::from_white_alpha((index * 37 % 256) as u8),
        _ => Color32::from_rgba_unmultiplied((index * 11) as u8, (index * 5) as u8, index as u8, (index * 3) as u8),
    };
    let image = ColorImage::new([SIDE, SIDE], (0..SIDE * SIDE).map(texel).collect());
    ImageDelta::full(image, TextureOptions::LINEAR)
}

fn delta(id: TextureId, change: ImageDelta) -> TexturesDelta {
    let mut delta = TexturesDelta::default();
    delta.push(id, change);
    delta
}

fn textures() -> TexturesDelta {
    delta(TextureId::default(), texels())
}

fn picture(draw: impl FnOnce(&mut Canvas<'_>)) -> Vec<u32> {
    let mut pixels = vec![BACKGROUND; WIDTH * HEIGHT];
    draw(&mut Canvas::new(&mut pixels, WIDTH));
    pixels
}

fn drawn(mesh: Mesh, clip_rect: Rect, pixels_per_point: f32) -> Vec<u32> {
    let mut rasterizer = Rasterizer::default();
    rasterizer.set_textures(&mut textures());
    picture(|canvas| {
        let primitives = [ClippedPrimitive { clip_rect, primitive: Primitive::Mesh(mesh) }];
        let place = canvas.bounds();
        rasterizer.draw(canvas, &primitives, pixels_per_point, place);
    })
}

/// A mesh of all `vertices`, three by three.
fn mesh(vertices: Vec<Vertex>) -> Mesh {
    let indices = (0..vertices.len() as u32).collect();
    Mesh { indices, vertices, texture_id: TextureId::default() }
}

fn plain(pos: Pos2, color: Color32) -> Vertex {
    Vertex { pos, uv: Pos2::ZERO, color }
}

fn largest_difference(a: &[u32], b: &[u32]) -> u8 {
    let channels = |pixels: &[u32]| pixels.iter().flat_map(|pixel| pixel.to_le_bytes()).collect::<Vec<_>>();
    channels(a).into_iter().zip(channels(b)).map(|(a, b)| a.abs_diff(b)).max().unwrap_or_default()
}

#[test]
fn one_colour_over_another_is_exact_in_every_channel() {
    for alpha in 0..=255_u32 {
        for below in 0..=255_u32 {
            for above in [0, alpha / 2, alpha] {
                let right = (f64::from(above) + f64::from(below * (255 - alpha)) / 255.0).round() as u32;
                let pixel = over((alpha << 24) | (above * 0x0001_0101), below * 0x0101_0101);
                assert_eq!(pixel & 0x00ff_ffff, right * 0x0001_0101, "{above} with {alpha} over {below}");
            }
        }
    }
    // Light that is added to what is there ends at white.
    assert_eq!(over(0x00ff_0080, 0xff80_80c0), 0xffff_80ff);
}

#[test]
fn tinting_takes_each_channel_by_itself() {
    assert_eq!(tint(0xff80_ff00, 0xff80_8080), 0xff40_8000);
    assert_eq!(tint(0x8080_8080, 0xffff_8000), 0x8080_4000);
}

#[test]
fn a_glyph_is_copied_texel_by_texel() {
    let mut glyph = Mesh::default();
    let uv = Rect::from_min_size(pos2(4.0, 0.0) / SIDE as f32, vec2(3.0, 2.0) / SIDE as f32);
    glyph.add_rect_with_uv(Rect::from_min_size(pos2(10.0, 5.0), vec2(3.0, 2.0)), uv, Color32::WHITE);
    let pixels = drawn(glyph, Rect::EVERYTHING, 1.0);
    let ImageDelta { image, .. } = texels();
    let egui::ImageData::Color(image) = image;
    for (x, y) in [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)] {
        let right = over(pack(image[(4 + x, y)]), BACKGROUND);
        assert_eq!(pixels[(5 + y) * WIDTH + 10 + x], right, "{x} {y}");
    }
    assert_eq!(pixels.iter().filter(|pixel| **pixel != BACKGROUND).count(), 6);
}

#[test]
fn a_frame_much_taller_than_the_window_is_drawn() {
    let mut tall = Mesh::default();
    tall.add_colored_rect(Rect::from_min_max(pos2(10.0, -50_000.0), pos2(12.0, 4_000_000.0)), Color32::RED);
    let corners = [pos2(20.0, -50_000.0), pos2(22.0, -50_000.0), pos2(22.0, 4_000_000.0), pos2(20.0, 4_000_000.0)];
    for index in [0, 1, 2, 0, 2, 3] {
        tall.indices.push(tall.vertices.len() as u32);
        // Not all of one colour, so not a rectangle of the fast path.
        tall.vertices.push(plain(corners[index], if index == 2 { Color32::GREEN } else { Color32::RED }));
    }
    let pixels = drawn(tall, Rect::EVERYTHING, 1.0);
    for y in 0..HEIGHT {
        assert_eq!(pixels[y * WIDTH + 11], pack(Color32::RED));
        assert!(pixels[y * WIDTH + 21] != BACKGROUND && pixels[y * WIDTH + 23] == BACKGROUND, "row {y}");
    }
}

#[test]
fn changes_of_textures_that_are_gone_and_meshes_without_one_are_left_out() {
    let mut rasterizer = Rasterizer::default();
    let part = ImageDelta { pos: Some([1, 1]), ..texels() };
    rasterizer.set_textures(&mut delta(TextureId::User(1), part));
    rasterizer.set_textures(&mut textures());
    let mut gone = TexturesDelta::default();
    gone.free.insert(TextureId::default());
    rasterizer.free_textures(&mut gone);
    assert!(gone.is_empty());
    let mut square = Mesh::default();
    square.add_colored_rect(Rect::EVERYTHING, Color32::RED);
    let primitives = [ClippedPrimitive { clip_rect: Rect::EVERYTHING, primitive: Primitive::Mesh(square) }];
    let pixels = picture(|canvas| rasterizer.draw(canvas, &primitives, 1.0, PixelRect::whole(90, 90)));
    assert!(pixels.iter().all(|pixel| *pixel == BACKGROUND));
}

fn any_color() -> impl Strategy<Value = Color32> {
    prop_oneof![
        Just(Color32::WHITE),
        any::<[u8; 3]>().prop_map(|[red, green, blue]| Color32::from_rgb(red, green, blue)),
        any::<[u8; 4]>().prop_map(|[r, g, b, a]| Color32::from_rgba_unmultiplied(r, g, b, a)),
    ]
}

/// A coordinate near the picture: at a pixel's border, at its centre, or anywhere.
fn near() -> impl Strategy<Value = f32> {
    prop_oneof![
        (-10_i16..60).prop_map(f32::from),
        (-20_i16..120).prop_map(|half| f32::from(half) / 2.0),
        -10.0f32..60.0
    ]
}

fn any_number() -> impl Strategy<Value = f32> {
    prop_oneof![
        near(),
        prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 1e9, -1e9, 1e-30]),
        any::<f32>(),
    ]
}

fn any_vertex() -> impl Strategy<Value = Vertex> {
    let place = (any_number(), any_number()).prop_map(|(x, y)| pos2(x, y));
    let uv = prop_oneof![Just(Pos2::ZERO), (any_number(), any_number()).prop_map(|(x, y)| pos2(x, y))];
    let color = any::<[u8; 4]>().prop_map(|[r, g, b, a]| Color32::from_rgba_premultiplied(r, g, b, a));
    (place, uv, color).prop_map(|(pos, uv, color)| Vertex { pos, uv, color })
}

/// Corners of a rectangle, as two triangles in one of the orders that egui has.
fn halves(corners: [Corner; 4], order: usize) -> [[Corner; 3]; 2] {
    let orders = [[0, 1, 2, 2, 1, 3], [1, 0, 3, 3, 0, 2], [0, 2, 3, 0, 3, 1], [3, 0, 1, 2, 0, 3]];
    let order = orders[order % orders.len()].map(|index: usize| corners[index]);
    [[order[0], order[1], order[2]], [order[3], order[4], order[5]]]
}

proptest! {
    #[test]
    fn the_fast_path_draws_what_the_general_one_draws(
        (left, top) in (near(), near()),
        (right, bottom) in (near(), near()),
        texels in prop_oneof![
            Just(None),
            ((0_u8..9), (0_u8..9)).prop_map(Some),
        ],
        scaled: bool,
        color in any_color(),
        order in 0_usize..4,
    ) {
        let (left, right) = (left.min(right), left.max(right));
        let (top, bottom) = (top.min(bottom), top.max(bottom));
        prop_assume!(right - left > 0.25 && bottom - top > 0.25);
        let (start, end) = match texels {
            None => ([0.0; 2], [0.0; 2]),
            Some((x, y)) => {
                let (x, y) = (f32::from(x), f32::from(y));
                let (width, height) = if scaled { (5.0, 5.0) } else { (right - left, bottom - top) };
                ([x, y], [x + width, y + height])
            }
        };
        let corner = |place: usize| Corner {
            x: if place & 1 == 0 { left } else { right },
            y: if place & 2 == 0 { top } else { bottom },
            texel: [if place & 1 == 0 { start[0] } else { end[0] }, if place & 2 == 0 { start[1] } else { end[1] }],
            color: pack(color),
        };
        let [first, second] = halves([0, 1, 2, 3].map(corner), order);
        let texture = Texture::new(&self::texels());
        let clip = PixelRect { left: 2, top: 3, right: 37, bottom: 29 };
        let quad = Quad::of(&first, &second).expect("a rectangle");
        let fast = picture(|canvas| quad.draw(canvas, clip, &texture));
        let general = picture(|canvas| {
            triangle::draw(canvas, clip, &texture, &first);
            triangle::draw(canvas, clip, &texture, &second);
        });
        // Places in the texture are computed another way, so a mixed colour may be rounded another way.
        let tolerance = if texels.is_some() { 3 } else { 0 };
        prop_assert!(largest_difference(&fast, &general) <= tolerance);
    }

    #[test]
    fn triangles_that_share_an_edge_neither_overlap_nor_leave_a_gap(
        centre in (near(), near()), radius in 0.5f32..40.0, corners in 3_usize..9, turn in 0.0f32..6.3,
    ) {
        // Around the middle, and as a fan from one corner: the same pixels, each drawn once.
        let color = Color32::from_rgba_premultiplied(64, 64, 64, 128);
        let at = |number: usize| {
            let angle = turn + number as f32 / corners as f32 * std::f32::consts::TAU;
            pos2(centre.0, centre.1) + radius * egui::Vec2::angled(angle)
        };
        let middle = pos2(centre.0, centre.1);
        let around = (0..corners).flat_map(|number| [middle, at(number), at((number + 1) % corners)]);
        let fan = (1..corners - 1).flat_map(|number| [at(number), at(0), at(number + 1)]);
        let around = drawn(mesh(around.map(|pos| plain(pos, color)).collect()), Rect::EVERYTHING, 1.0);
        let fan = drawn(mesh(fan.map(|pos| plain(pos, color)).collect()), Rect::EVERYTHING, 1.0);
        let once = over(pack(color), BACKGROUND);
        prop_assert!(around.iter().all(|pixel| *pixel == BACKGROUND || *pixel == once));
        prop_assert_eq!(around, fan);
    }

    #[test]
    fn nothing_outside_of_the_clip_rectangle_changes_and_no_mesh_panics(
        vertices in prop::collection::vec(any_vertex(), 3..12),
        clip in [any_number(), any_number(), any_number(), any_number()],
        pixels_per_point in prop_oneof![Just(1.0f32), 0.5f32..3.0, any_number()],
    ) {
        let clip_rect = Rect::from_min_max(pos2(clip[0], clip[1]), pos2(clip[2], clip[3]));
        let pixels = drawn(mesh(vertices), clip_rect, pixels_per_point);
        let inside = PixelRect::of_clip_rect(clip_rect, pixels_per_point);
        for (index, pixel) in pixels.into_iter().enumerate() {
            let (x, y) = ((index % WIDTH) as u32, (index / WIDTH) as u32);
            let clipped = x < inside.left || x >= inside.right || y < inside.top || y >= inside.bottom;
            prop_assert!(!clipped || pixel == BACKGROUND, "{} {}", x, y);
        }
    }

    #[test]
    fn colours_between_the_corners_lie_between_theirs(
        places in [(near(), near()), (near(), near()), (near(), near())], shades: [u8; 3],
    ) {
        let corner = |index: usize| plain(pos2(places[index].0, places[index].1), Color32::from_gray(shades[index]));
        let pixels = drawn(mesh((0..3).map(corner).collect()), Rect::EVERYTHING, 1.0);
        let (low, high) = (shades.iter().min().copied(), shades.iter().max().copied());
        for pixel in pixels.into_iter().filter(|pixel| *pixel != BACKGROUND) {
            let shade = pixel as u8;
            prop_assert!(low <= Some(shade) && Some(shade) <= high, "{} of {:?}", shade, shades);
        }
    }
}
