/** The words by theme. Every word of the shipped model is in one pack: the one where a player would look for it. */
import type { PackName } from './pack-names.ts';

const list = (words: string): readonly string[] => words.trim().split(/,\s+/);

export const PACKS: Record<PackName, readonly string[]> = {
  animals: list(`
    animal migration, ant, bat, bear, bee, bird, butterfly, camel, cat, cow, crab, crocodile, dog, dolphin, duck, elephant,
    fish, flamingo, frog, giraffe, hedgehog, horse, kangaroo, lion, lobster, monkey, mosquito, mouse, octopus, owl, panda,
    parrot, penguin, pig, rabbit, raccoon, rhinoceros, scorpion, sea turtle, shark, sheep, snail, snake, spider, squirrel,
    swan, tiger, whale, zebra
  `),
  food: list(`
    apple, asparagus, banana, birthday cake, blackberry, blueberry, bread, broccoli, cake, carrot, cookie, donut, grapes,
    hamburger, hot dog, ice cream, lollipop, mushroom, onion, peanut, pear, peas, pineapple, pizza, popsicle, potato,
    sandwich, steak, strawberry, string bean, watermelon
  `),
  kitchen: list(`
    bottlecap, coffee cup, cup, dishwasher, fork, frying pan, knife, microwave, mug, oven, sink, spoon, stove, teapot,
    toaster, wine bottle, wine glass
  `),
  home: list(`
    alarm clock, basket, bathtub, bed, candle, ceiling fan, chair, chandelier, clock, couch, door, dresser, fan, fireplace,
    floor lamp, hot tub, hourglass, house plant, key, picture frame, pillow, stairs, table, toilet, toothbrush, toothpaste,
    vase, washing machine
  `),
  clothes: list(`
    belt, bowtie, bracelet, eyeglasses, flip flops, hat, jacket, lipstick, necklace, pants, purse, shoe, shorts, sock,
    sweater, t-shirt, umbrella, underwear, wristwatch
  `),
  body: list(`
    arm, bandage, beard, brain, ear, elbow, eye, face, finger, foot, goatee, hand, knee, leg, moustache, mouth, nose,
    smiley face, stethoscope, stitches, syringe, toe, tooth
  `),
  nature: list(`
    beach, bush, cactus, cloud, feather, flower, garden, grass, hurricane, leaf, lightning, moon, mountain, ocean, palm tree,
    pond, rain, rainbow, river, snowflake, snowman, star, sun, tornado, tree
  `),
  town: list(`
    barn, bench, bridge, church, fence, fire hydrant, hospital, house, jail, lighthouse, mailbox, skyscraper,
    streetlight, windmill
  `),
  vehicles: list(`
    aircraft carrier, airplane, ambulance, bicycle, bulldozer, bus, canoe, car, cruise ship, firetruck,
    helicopter, hot air balloon, motorbike, parachute, pickup truck, police car, sailboat, school bus, speedboat, stop sign,
    submarine, tractor, traffic light, train, truck, van, wheel
  `),
  travel: list(`
    backpack, binoculars, campfire, compass, cooler, flashlight, lantern, map, passport, postcard, sleeping bag, suitcase,
    tent, The Eiffel Tower, The Great Wall of China, The Mona Lisa
  `),
  sport: list(`
    baseball, baseball bat, basketball, boomerang, diving board, dumbbell, golf club, helmet, hockey puck, hockey stick, pool,
    roller coaster, rollerskates, see saw, skateboard, snorkel, soccer ball, swing set, teddy-bear, tennis racquet,
    waterslide, yoga
  `),
  music: list(`
    cello, clarinet, drums, guitar, harp, headphones, megaphone, microphone, piano, saxophone, stereo, trombone, trumpet,
    violin
  `),
  gadgets: list(`
    camera, cell phone, computer, keyboard, laptop, light bulb, power outlet, radio, remote control, spreadsheet, telephone,
    television
  `),
  school: list(`
    book, calculator, calendar, circle, crayon, envelope, eraser, hexagon, line, marker, octagon, paintbrush, paper clip,
    pencil, scissors, square, squiggle, triangle, zigzag
  `),
  tools: list(`
    anvil, axe, broom, bucket, drill, garden hose, hammer, ladder, lighter, matches, nail, paint can, pliers, rake, saw,
    screwdriver, shovel
  `),
  adventure: list(`
    angel, camouflage, cannon, castle, crown, diamond, dragon, flying saucer, mermaid, rifle, skull, sword
  `),
};
